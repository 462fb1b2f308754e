import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { execInContainer } from "../../../../src/cluster/kubernetes/exec.ts";
import { directConnection } from "../../../support/direct-connection.ts";
import { ContainerError } from "../../../support/fake-api-server/container-runtime.ts";
import type { ContainerExec } from "../../../support/fake-api-server/container-runtime.ts";
import type { FakeApiServer } from "../../../support/fake-api-server/server.ts";
import { runExec, startExecServer } from "../../../support/exec-fixture.ts";

describe("exec in a container", () => {
  let server: FakeApiServer;
  let seen: ContainerExec | undefined;
  before(async () => {
    server = await startExecServer({ containerRuntime: runTestCommand });
  });
  after(() => server.close());

  async function runTestCommand(exec: ContainerExec): Promise<number> {
    seen = exec;
    const [program, ...args] = exec.command;
    if (program === "exit") return Number(args[0]);
    if (program === "both") {
      await exec.stdout("out 1\n");
      await exec.stderr("err 1\n");
      await exec.stdout("out 2\n");
    }
    if (program === "bytes") await exec.stdout(allBytes);
    if (program === "broken") throw new ContainerError("exec: broken");
    if (program === "cat") for await (const chunk of exec.stdin) await exec.stdout(chunk);
    return 0;
  }

  it("reports exit code 0 with stdout and stderr apart and in order", async () => {
    const run = await runExec(server, ["both"]);
    assert.deepEqual(run.outcome, { kind: "exited", exitCode: 0 });
    assert.equal(run.stdout.toString(), "out 1\nout 2\n");
    assert.equal(run.stderr.toString(), "err 1\n");
    assert.equal(run.wasStarted, true);
  });

  for (const exitCode of [1, 3, 127, 137, 255]) {
    it(`reports exit code ${exitCode}`, async () => {
      const run = await runExec(server, ["exit", String(exitCode)]);
      assert.deepEqual(run.outcome, { kind: "exited", exitCode });
    });
  }

  it("reports an error of the container runtime as failed, with its text", async () => {
    const { outcome } = await runExec(server, ["broken"]);
    assert.deepEqual(outcome, {
      kind: "failed",
      message: "Internal error occurred: Internal error occurred: exec: broken",
    });
  });

  it("keeps every byte of binary output", async () => {
    assert.deepEqual((await runExec(server, ["bytes"])).stdout, allBytes);
  });

  it("passes arguments and the container on untouched, whatever characters they have", async () => {
    const command = [
      "exit",
      "0",
      "",
      "a b",
      "ä€😀",
      "x&command=y",
      "100%",
      "a+b",
      "line\nbreak",
      "#?",
    ];
    await runExec(server, command, { container: "sidecar" });
    assert.deepEqual(seen?.command, command);
    assert.equal(seen?.container, "sidecar");
  });

  it("asks only for the streams that are wanted", async () => {
    await runExec(server, ["exit", "0"]);
    assert.deepEqual(queryOfLast(), { container: "main", stdout: "true", stderr: "true" });
    await runExec(server, ["exit", "0"], { stdin: streamOf() });
    assert.equal(queryOfLast()["stdin"], "true");
  });

  it("asks for stdout when no stream is wanted, as the API refuses a session without any", async () => {
    const request = { namespace: "shop", pod: "db", container: "main", command: ["both"] };
    const connection = directConnection(server.url, { caPem: server.caPem });
    const outcome = await execInContainer(request, connection, {}, new AbortController().signal);
    assert.deepEqual(outcome, { kind: "exited", exitCode: 0 });
    assert.deepEqual(queryOfLast(), { container: "main", stdout: "true" });
  });

  it("echoes 5 MB of stdin back, and its end ends the command", async () => {
    const sent = Buffer.alloc(5 * 1024 * 1024, allBytes);
    const run = await runExec(server, ["cat"], {
      stdin: streamOf(sent.subarray(0, 1), sent.subarray(1)),
    });
    assert.deepEqual(run.outcome, { kind: "exited", exitCode: 0 });
    assert.ok(run.stdout.equals(sent));
  });

  it("does not wait for stdin that outlasts the command", async () => {
    const returned = Promise.withResolvers<void>();
    async function* endless() {
      try {
        for (;;) yield await new Promise<Uint8Array>((resolve) => setImmediate(resolve, allBytes));
      } finally {
        returned.resolve();
      }
    }
    const run = await runExec(server, ["exit", "4"], { stdin: endless() });
    assert.deepEqual(run.outcome, { kind: "exited", exitCode: 4 });
    await returned.promise;
  });

  it("fails, and ends the session, when stdin cannot be read", async () => {
    const { outcome } = await runExec(server, ["cat"], { stdin: brokenStream() });
    assert.deepEqual(outcome, {
      kind: "failed",
      message: "stdin could not be read: disk full of holes",
    });
  });

  it("encodes names in the path and refuses those that an URL would take for a step", async () => {
    const { outcome } = await runExec(server, ["exit", "0"], { pod: "a/../db?x" });
    assert.equal(outcome.kind === "rejected" && outcome.error.code, "NotFound");
    assert.match(server.requests.at(-1)?.path ?? "", /\/pods\/a%2F\.\.%2Fdb%3Fx\/exec$/);
    const count = server.requests.length;
    for (const names of [{ pod: ".." }, { namespace: "" }, { container: "" }]) {
      const refused = await runExec(server, ["exit", "0"], names);
      assert.equal(refused.outcome.kind, "rejected", JSON.stringify(names));
    }
    assert.equal(server.requests.length, count);
  });

  function queryOfLast(): Record<string, string> {
    const entries = [...(server.requests.at(-1)?.query ?? [])];
    return Object.fromEntries(entries.filter(([name]) => name !== "command"));
  }
});

describe("exec over plain HTTP", () => {
  it("works as over TLS", async () => {
    const server = await startExecServer({ tls: false });
    try {
      const run = await runExec(server, ["echo", "plain"]);
      assert.deepEqual(run.outcome, { kind: "exited", exitCode: 0 });
      assert.equal(run.stdout.toString(), "plain\n");
    } finally {
      await server.close();
    }
  });
});

describe("exec with an older server", () => {
  it("falls back to v4, where stdin goes through and its end cannot be told", async () => {
    const server = await startExecServer({
      execProtocols: ["v4.channel.k8s.io"],
      containerRuntime: async (exec) => {
        let bytes = 0;
        for await (const chunk of exec.stdin) {
          bytes += chunk.length;
          await exec.stdout(chunk);
          if (bytes === 256) return 5;
        }
        return 1;
      },
    });
    try {
      const run = await runExec(server, ["head"], { stdin: streamOf(allBytes) });
      assert.deepEqual(run.outcome, { kind: "exited", exitCode: 5 });
      assert.deepEqual(run.stdout, allBytes);
    } finally {
      await server.close();
    }
  });

  it("is rejected by a server that knows neither protocol", async () => {
    const server = await startExecServer({ execProtocols: ["channel.k8s.io"] });
    try {
      const { outcome, wasStarted } = await runExec(server, ["true"]);
      assert.equal(outcome.kind === "rejected" && outcome.error.code, "Forbidden");
      assert.equal(wasStarted, false);
    } finally {
      await server.close();
    }
  });
});

const allBytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));

async function* streamOf(...chunks: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function* brokenStream(): AsyncGenerator<Uint8Array> {
  yield allBytes;
  throw new Error("disk full of holes");
}
