import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { FakeApiServer } from "../../support/fake-api-server/server.ts";
import { localProcessRuntime } from "../../support/fake-api-server/local-process-runtime.ts";
import { runExec, startExecServer } from "../../support/exec-fixture.ts";

async function* line(): AsyncGenerator<Uint8Array> {
  yield Buffer.from("from stdin\n");
}

describe("the fake API server's simulated container", () => {
  let server: FakeApiServer;
  before(async () => {
    server = await startExecServer();
  });
  after(() => server.close());

  for (const [command, exitCode, stdout, stderr] of [
    [["true"], 0, "", ""],
    [["/bin/false"], 1, "", ""],
    [["sh", "-c", "echo 'a  b' && false || echo c >&2; exit 7"], 7, "a  b\n", "c\n"],
    [["sh", "-c", "nope"], 127, "", "sh: nope: not found\n"],
    [["cat"], 0, "from stdin\n", ""],
  ] as const) {
    it(`runs ${command.join(" ")}`, async () => {
      const run = await runExec(server, command, { stdin: line() });
      assert.deepEqual(run.outcome, { kind: "exited", exitCode });
      assert.deepEqual([run.stdout.toString(), run.stderr.toString()], [stdout, stderr]);
    });
  }

  it("fails for a program that it does not have, with the runtime's words", async () => {
    const { outcome } = await runExec(server, ["pg_dump"]);
    assert.equal(outcome.kind, "failed");
    assert.match(outcome.message, /"pg_dump": executable file not found in \$PATH$/);
  });

  it("remembers what is frozen, and refuses to freeze it twice", async () => {
    const freeze = ["/sbin/fsfreeze", "--freeze", "/data"];
    assert.deepEqual((await runExec(server, freeze)).outcome, { kind: "exited", exitCode: 0 });
    assert.deepEqual([...server.frozen], ["shop/db /data"]);
    const again = await runExec(server, freeze);
    assert.match(again.stderr.toString(), /Device or resource busy/);
    await runExec(server, ["fsfreeze", "--unfreeze", "/data"]);
    assert.equal(server.frozen.size, 0);
  });
});

describe(
  "the fake API server with local processes as containers",
  { skip: process.platform === "win32" },
  () => {
    it("runs real shell scripts, and tells a program that is missing", async () => {
      const containerRuntime = localProcessRuntime(import.meta.dirname);
      const server = await startExecServer({ containerRuntime });
      try {
        const script = 'read word; echo "$POD/$CONTAINER: $word"; kill -9 $$';
        const run = await runExec(server, ["sh", "-c", script], { stdin: line() });
        assert.deepEqual(run.outcome, { kind: "exited", exitCode: 137 });
        assert.equal(run.stdout.toString(), "db/main: from stdin\n");
        assert.equal((await runExec(server, ["no-such-program-here"])).outcome.kind, "failed");
      } finally {
        await server.close();
      }
    });
  },
);
