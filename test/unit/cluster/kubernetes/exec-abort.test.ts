import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { execInContainer } from "../../../../src/cluster/kubernetes/exec.ts";
import { throwIfAborted } from "../../../../src/lib/errors.ts";
import type { ContainerExec } from "../../../support/fake-api-server/container-runtime.ts";
import { tooManyRequests } from "../../../support/fake-api-server/faults.ts";
import type { FakeApiServer } from "../../../support/fake-api-server/server.ts";
import { failNextExec, runExec, startExecServer } from "../../../support/exec-fixture.ts";

const startedNot = { kind: "aborted", started: false };
const started = { kind: "aborted", started: true };

describe("an exec that is aborted", () => {
  let server: FakeApiServer;
  let clientGone: PromiseWithResolvers<void>;
  before(async () => {
    server = await startExecServer({ containerRuntime: hang });
  });
  beforeEach(() => {
    clientGone = Promise.withResolvers();
  });
  after(() => server.close());

  /** `flood` writes for as long as anyone listens; everything else writes a line and hangs. */
  async function hang(exec: ContainerExec): Promise<number> {
    const gone = clientGone;
    exec.signal.addEventListener("abort", () => gone.resolve());
    await exec.stdout("begun\n");
    while (exec.command[0] === "flood") await exec.stdout(Buffer.alloc(65_536));
    await gone.promise;
    return 0;
  }

  it("has not started when the signal was aborted before, and asks the server nothing", async () => {
    const count = server.requests.length;
    const { outcome } = await runExec(server, ["work"], {}, { signal: AbortSignal.abort() });
    assert.deepEqual(outcome, startedNot);
    assert.equal(server.requests.length, count);
  });

  it("has not started when the credentials were still awaited", async () => {
    const abort = new AbortController();
    const connection = {
      openTarget: (_path: string, _query: unknown, signal: AbortSignal) =>
        new Promise<never>((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            try {
              throwIfAborted(signal);
            } catch (error) {
              reject(error);
            }
          });
          abort.abort();
        }),
      renewCredentials: () => {},
    };
    const request = { namespace: "shop", pod: "db", container: "main", command: ["work"] };
    const outcome = await execInContainer(request, connection, {}, abort.signal);
    assert.deepEqual(outcome, startedNot);
  });

  it("has not started when it was waiting to try again", async () => {
    const abort = new AbortController();
    failNextExec(server, tooManyRequests(1000));
    const run = runExec(server, ["work"], {}, { signal: abort.signal });
    const count = server.requests.length;
    while (server.requests.length === count) await new Promise(setImmediate);
    abort.abort();
    const { outcome, wasStarted } = await run;
    assert.equal(outcome.kind, "aborted");
    assert.equal(wasStarted, false);
  });

  it("may have started when the request was sent and not yet answered", async () => {
    const abort = new AbortController();
    failNextExec(server, { kind: "neverAnswer" });
    const run = runExec(server, ["work"], {}, { signal: abort.signal });
    const count = server.requests.length;
    while (server.requests.length === count) await new Promise(setImmediate);
    abort.abort();
    assert.deepEqual((await run).outcome, started);
  });

  it("has started once the server accepted; the output so far is delivered and the session closed", async () => {
    const abort = new AbortController();
    let seen = "";
    const onStdout = (chunk: Uint8Array) => {
      seen += Buffer.from(chunk).toString();
      abort.abort();
    };
    const { outcome } = await runExec(server, ["work"], { onStdout }, { signal: abort.signal });
    assert.deepEqual(outcome, started);
    assert.equal(seen, "begun\n");
    await clientGone.promise;
  });

  it("has started when the signal aborts in the moment of acceptance", async () => {
    const abort = new AbortController();
    const onStarted = () => abort.abort();
    const { outcome } = await runExec(server, ["work"], { onStarted }, { signal: abort.signal });
    assert.deepEqual(outcome, started);
  });

  it("ends at once for a consumer that never takes its output", async () => {
    const abort = new AbortController();
    const onStdout = () => {
      setImmediate(() => abort.abort());
      return new Promise<void>(() => {});
    };
    const { outcome } = await runExec(server, ["flood"], { onStdout }, { signal: abort.signal });
    assert.deepEqual(outcome, started);
    await clientGone.promise;
  });

  it("ends while stdin is sent that the command does not read", async () => {
    const abort = new AbortController();
    let sentBytes = 0;
    async function* endless() {
      for (;;) {
        yield new Uint8Array(65_536);
        sentBytes += 65_536;
        if (sentBytes === 4 * 65_536) setImmediate(() => abort.abort());
      }
    }
    const { outcome } = await runExec(
      server,
      ["work"],
      { stdin: endless() },
      { signal: abort.signal },
    );
    assert.deepEqual(outcome, started);
    assert.ok(sentBytes < 64 * 1024 * 1024, `${sentBytes} bytes were read from the source`);
  });

  it("does not wait for a server that ignores the close frame", async () => {
    const abort = new AbortController();
    failNextExec(server, { kind: "ignoreClient" });
    const onStdout = () => abort.abort();
    const { outcome } = await runExec(server, ["work"], { onStdout }, { signal: abort.signal });
    assert.deepEqual(outcome, started);
  });
});
