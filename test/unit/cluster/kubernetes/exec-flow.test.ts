import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { ContainerExec } from "../../../support/fake-api-server/container-runtime.ts";
import type { FakeApiServer } from "../../../support/fake-api-server/server.ts";
import { failNextExec, runExec, startExecServer } from "../../../support/exec-fixture.ts";

const mebibyte = 1024 * 1024;

describe("an exec with a slow or broken consumer", () => {
  let server: FakeApiServer;
  /** Bytes that the network took from the command so far. */
  let sentBytes = 0;
  before(async () => {
    server = await startExecServer({ containerRuntime: produce });
  });
  after(() => server.close());

  /** `produce COUNT` writes so many chunks of 1 MiB, each filled with its number. */
  async function produce(exec: ContainerExec): Promise<number> {
    sentBytes = 0;
    for (let chunk = 0; chunk < Number(exec.command[1]); chunk += 1) {
      await exec.stdout(Buffer.alloc(mebibyte, chunk));
      sentBytes += mebibyte;
    }
    return 0;
  }

  it("holds 100 MB back while the consumer works, and keeps their order", async () => {
    let takenBytes = 0;
    let mostAhead = 0;
    const onStdout = async (chunk: Uint8Array) => {
      // Two turns of the event loop: long enough for the sender to run ahead if nothing held it back.
      await new Promise(setImmediate);
      await new Promise(setImmediate);
      assert.equal(chunk[0], Math.floor(takenBytes / mebibyte), `out of order at ${takenBytes}`);
      takenBytes += chunk.length;
      mostAhead = Math.max(mostAhead, sentBytes - takenBytes);
    };
    const { outcome } = await runExec(server, ["produce", "100"], { onStdout });
    assert.deepEqual(outcome, { kind: "exited", exitCode: 0 });
    assert.equal(takenBytes, 100 * mebibyte);
    assert.ok(mostAhead < 24 * mebibyte, `${mostAhead} bytes under way`);
  });

  it("stops the sender while the consumer takes nothing at all", async () => {
    const gate = Promise.withResolvers<void>();
    let takenBytes = 0;
    const onStdout = async (chunk: Uint8Array) => {
      await gate.promise;
      takenBytes += chunk.length;
    };
    const run = runExec(server, ["produce", "40"], { onStdout }, { pingIntervalMs: 50 });
    // Nothing moves for a quarter of a second: the sender is stopped, and missed pings do not count against it.
    for (let still = 0, last = -1; still < 50; last = sentBytes) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      still = sentBytes === last && sentBytes > 0 ? still + 1 : 0;
    }
    assert.ok(sentBytes < 24 * mebibyte, `${sentBytes} bytes were sent`);
    gate.resolve();
    assert.deepEqual((await run).outcome, { kind: "exited", exitCode: 0 });
    assert.equal(takenBytes, 40 * mebibyte);
  });

  it("takes the outputs of a slow consumer in the order in which they came, stderr between stdout", async () => {
    const frames = [Uint8Array.of(1, 65), Uint8Array.of(2, 66), Uint8Array.of(1, 67)];
    failNextExec(server, { kind: "frames", frames });
    let seen = "";
    const note = (chunk: Uint8Array) => {
      seen += Buffer.from(chunk).toString();
    };
    const onStdout = async (chunk: Uint8Array) => {
      await new Promise(setImmediate);
      note(chunk);
    };
    const { outcome } = await runExec(server, ["produce", "0"], { onStdout, onStderr: note });
    assert.deepEqual(outcome, { kind: "exited", exitCode: 0 });
    assert.equal(seen, "ABC");
  });

  it("delivers what came before a lost connection, however slowly it is taken", async () => {
    failNextExec(server, { kind: "dropBeforeStatus" });
    let takenBytes = 0;
    const onStdout = async (chunk: Uint8Array) => {
      await new Promise(setImmediate);
      takenBytes += chunk.length;
    };
    const { outcome } = await runExec(server, ["produce", "2"], { onStdout });
    assert.equal(outcome.kind, "unknown");
    assert.equal(takenBytes, 2 * mebibyte);
  });

  for (const [what, onStdout] of [
    [
      "throws",
      () => {
        throw new Error("no space left");
      },
    ],
    ["rejects", () => Promise.reject(new Error("no space left"))],
  ] as const) {
    it(`has failed, with the session closed, when the consumer ${what}`, async () => {
      let calls = 0;
      const counted = () => {
        calls += 1;
        return onStdout();
      };
      const { outcome } = await runExec(server, ["produce", "8"], { onStdout: counted });
      assert.deepEqual(outcome, {
        kind: "failed",
        message: "the output could not be taken: no space left",
      });
      assert.equal(calls, 1);
    });
  }

  it("has failed when the caller cannot take the news that it has started", async () => {
    const { outcome } = await runExec(server, ["produce", "0"], { onStarted: refuseToStart });
    assert.deepEqual(outcome, { kind: "failed", message: "journal is read-only" });
  });
});

function refuseToStart(): void {
  throw new Error("journal is read-only");
}
