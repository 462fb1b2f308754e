import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Cluster, ExecOutcome, ExecRequest } from "../../src/cluster/cluster.ts";
import { pod } from "./builders.ts";
import type { MakeCluster } from "./cluster-suite.ts";
import { aborted, code, never } from "./cluster-suite-tools.ts";

const objects = [pod("shop/db", { containers: ["db", "side"] })];

type Ran = { readonly outcome: ExecOutcome; readonly stdout: string; readonly stderr: string };

async function run(cluster: Cluster, request: Partial<ExecRequest>): Promise<Ran> {
  const output = { stdout: "", stderr: "" };
  const outcome = await cluster.exec(
    {
      namespace: "shop",
      pod: "db",
      container: "db",
      command: ["true"],
      onStdout: (chunk) => void (output.stdout += Buffer.from(chunk).toString()),
      onStderr: (chunk) => void (output.stderr += Buffer.from(chunk).toString()),
      ...request,
    },
    never,
  );
  return { outcome, ...output };
}

export function describeExec(makeCluster: MakeCluster): void {
  describe("exec", () => {
    it("tells how a command ended", async () => {
      await using made = await makeCluster({ objects });
      const exitOf = async (...command: string[]): Promise<ExecOutcome> =>
        (await run(made.cluster, { command })).outcome;
      assert.deepEqual(await exitOf("true"), { kind: "exited", exitCode: 0 });
      assert.deepEqual(await exitOf("false"), { kind: "exited", exitCode: 1 });
      assert.deepEqual(await exitOf("sh", "-c", "exit 73"), { kind: "exited", exitCode: 73 });
    });

    it("keeps stdout and stderr apart", async () => {
      await using made = await makeCluster({ objects });
      const command = ["sh", "-c", "echo out; echo err >&2"];
      const { stdout, stderr } = await run(made.cluster, { command, container: "side" });
      assert.equal(stdout, "out\n");
      assert.equal(stderr, "err\n");
    });

    it("sends stdin and its end", async () => {
      await using made = await makeCluster({ objects });
      const stdin = (async function* () {
        yield Buffer.from("first ");
        yield Buffer.from("second");
      })();
      const { outcome, stdout } = await run(made.cluster, { command: ["cat"], stdin });
      assert.deepEqual(outcome, { kind: "exited", exitCode: 0 });
      assert.equal(stdout, "first second");
    });

    it("says that the session was accepted before it ends", async () => {
      await using made = await makeCluster({ objects });
      const events: string[] = [];
      const onStarted = (): void => void events.push("started");
      const { outcome } = await run(made.cluster, { onStarted });
      events.push(outcome.kind);
      assert.deepEqual(events, ["started", "exited"]);
    });

    it("is rejected for a pod that does not exist, without having started", async () => {
      await using made = await makeCluster({ objects });
      let hasStarted = false;
      const onStarted = (): void => void (hasStarted = true);
      const { outcome } = await run(made.cluster, { pod: "none", onStarted });
      assert.equal(outcome.kind, "rejected");
      assert.ok(code("NotFound")(outcome.error));
      assert.equal(hasStarted, false);
    });

    it("is rejected for a container that the pod does not have", async () => {
      await using made = await makeCluster({ objects });
      const { outcome } = await run(made.cluster, { container: "none" });
      assert.equal(outcome.kind, "rejected");
      assert.ok(code("RequestRejected")(outcome.error));
    });

    it("fails, but has not exited, when the program does not exist", async () => {
      await using made = await makeCluster({ objects });
      const { outcome } = await run(made.cluster, { command: ["no-such-program"] });
      assert.equal(outcome.kind, "failed");
      assert.match(outcome.message, /no-such-program/);
    });

    it("is aborted by its signal, and says whether the command had started", async () => {
      await using made = await makeCluster({ objects });
      const abort = new AbortController();
      const request = { namespace: "shop", pod: "db", container: "db", command: ["sleep", "60"] };
      const onStarted = (): void => abort.abort();
      assert.deepEqual(await made.cluster.exec({ ...request, onStarted }, abort.signal), {
        kind: "aborted",
        started: true,
      });
      assert.deepEqual(await made.cluster.exec(request, aborted()), {
        kind: "aborted",
        started: false,
      });
    });
  });
}
