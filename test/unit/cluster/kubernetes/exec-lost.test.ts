import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { ContainerExec } from "../../../support/fake-api-server/container-runtime.ts";
import type { Fault } from "../../../support/fake-api-server/faults.ts";
import type { FakeApiServer } from "../../../support/fake-api-server/server.ts";
import { failNextExec, runExec, startExecServer } from "../../../support/exec-fixture.ts";
import type { ExecRun } from "../../../support/exec-fixture.ts";

/** Writes 100 kB and exits with 0, unless told to hang until its client is gone. */
async function runTestCommand(exec: ContainerExec): Promise<number> {
  await exec.stdout(output);
  if (exec.command[0] === "hang") {
    await new Promise((resolve) => exec.signal.addEventListener("abort", resolve));
  }
  return 0;
}

const output = Buffer.alloc(100_000, "0123456789");

describe("an exec whose connection or server misbehaves", () => {
  let server: FakeApiServer;
  before(async () => {
    server = await startExecServer({ containerRuntime: runTestCommand });
  });
  after(() => server.close());

  async function runWith(fault: Fault, command = "work"): Promise<ExecRun> {
    failNextExec(server, fault);
    return runExec(server, [command], {}, { pingIntervalMs: 50 });
  }

  for (const [what, fault, message, received] of [
    ["is cut before any output", { kind: "dropBeforeOutput" }, /was cut/, 0],
    ["is cut in the middle of the output", { kind: "dropAfterOutput" }, /was cut/, 32_768],
    ["is cut before the status", { kind: "dropBeforeStatus" }, /was cut/, output.length],
    [
      "is closed without a status",
      { kind: "closeWithoutStatus" },
      /the server closed it/,
      output.length,
    ],
    [
      "is closed with an error code",
      { kind: "closeWithoutStatus", code: 1011, reason: "kubelet restarted" },
      /1011: kubelet restarted/,
      output.length,
    ],
  ] as const) {
    it(`is unknown, with all output that came, when the connection ${what}`, async () => {
      const run = await runWith(fault);
      assertUnknown(run, message);
      assert.ok(run.stdout.equals(output.subarray(0, received)), `${run.stdout.length} bytes`);
      assert.equal(run.wasStarted, true);
    });
  }

  it("has exited when the connection is cut after the status", async () => {
    const run = await runWith({ kind: "dropAfterStatus" });
    assert.deepEqual(run.outcome, { kind: "exited", exitCode: 0 });
    assert.ok(run.stdout.equals(output));
  });

  for (const [text, message] of [
    ["not JSON \u001B[31m", /not understandable: not JSON \[31m$/],
    ["", /the server closed it/],
    ["{}", /not understandable: \{\}/],
    ["null", /not understandable: null/],
    ["[1]", /not understandable/],
    [`{"status":"Maybe"}`, /Maybe/],
    [`{"status":"Failure"}`, /not understandable/],
    [`{"status":"Failure","reason":"NonZeroExitCode"}`, /NonZeroExitCode/],
    [nonZero(`"0"`), /not understandable/],
    [nonZero(`"-1"`), /not understandable/],
    [nonZero(`"1e3"`), /not understandable/],
    [nonZero(`" 1"`), /not understandable/],
    [nonZero("1"), /not understandable/],
    [nonZero(`"99999999999"`), /not understandable/],
    [`{"status":${"[".repeat(100_000)}`, /…$/],
  ] as const) {
    it(`is unknown when the status is ${text.slice(0, 120)}`, async () => {
      assertUnknown(await runWith({ kind: "status", text }), message);
    });
  }

  it("has failed with the server's words when the status names no exit code", async () => {
    const text = `{"status":"Failure","reason":"InternalError","message":"container\\ngone","code":500}`;
    const run = await runWith({ kind: "status", text });
    assert.deepEqual(run.outcome, { kind: "failed", message: "container gone" });
  });

  it("is not disturbed by empty messages, unknown channels, text messages and closed streams", async () => {
    const frames = [
      new Uint8Array(0),
      Uint8Array.of(9, 65),
      Uint8Array.of(255, 7),
      Uint8Array.of(255),
      "text",
      Uint8Array.of(3),
    ];
    for (const fault of [{ kind: "frames", frames }, { kind: "closeStdout" }] as const) {
      const run = await runWith(fault);
      assert.deepEqual(run.outcome, { kind: "exited", exitCode: 0 });
      assert.ok(run.stdout.equals(output));
    }
  });

  it("puts a status together that comes in several messages", async () => {
    const run = await runWith({ kind: "status", text: nonZero(`"3"`), piecesOfBytes: 50 });
    assert.deepEqual(run.outcome, { kind: "exited", exitCode: 3 });
  });

  it("is unknown when the server is silent and answers no pings", async () => {
    assertUnknown(await runWith({ kind: "ignorePings" }, "hang"), /no answer to 2 pings/);
  });

  it("waits for a slow command as long as pings are answered", async () => {
    const run = await runWith({ kind: "slowOutput", delayMs: 200 });
    assert.deepEqual(run.outcome, { kind: "exited", exitCode: 0 });
  });

  it("is unknown when the upgrade is never answered: the server may have started the command", async () => {
    // Without TLS, so that the request surely is sent within the time.
    const plain = await startExecServer({ tls: false });
    try {
      failNextExec(plain, { kind: "neverAnswer" });
      const run = await runExec(plain, ["work"], {}, { handshakeTimeoutMs: 400 });
      assertUnknown(run, /cannot tell whether the command was started: .*no answer within 0\.4 s/);
      assert.deepEqual([run.wasStarted, plain.requests.length], [false, 1]);
    } finally {
      await plain.close();
    }
  });

  it("is unknown, and not repeated, when the connection is cut instead of an answer", async () => {
    const count = server.requests.length;
    assertUnknown(await runWith({ kind: "resetBeforeHeaders" }), /cannot tell/);
    assert.equal(server.requests.length, count + 1);
  });
});

function assertUnknown(run: ExecRun, message: RegExp): void {
  assert.equal(run.outcome.kind, "unknown");
  assert.match(run.outcome.message, message);
}

function nonZero(message: string): string {
  return `{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":${message}}]}}`;
}
