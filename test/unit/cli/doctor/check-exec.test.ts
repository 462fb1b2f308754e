import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { ExecOutcome } from "../../../../src/cluster/cluster.ts";
import { checkExec } from "../../../../src/cli/doctor/check-exec.ts";
import { tryInPod } from "../../../../src/cli/doctor/try-in-pod.ts";
import { ArkError } from "../../../../src/lib/errors.ts";
import { pod } from "../../../support/builders.ts";
import { MemoryCluster } from "../../../support/memory-cluster.ts";

const never = new AbortController().signal;
type Trial = Awaited<ReturnType<Parameters<typeof checkExec>[1]["tryWebSocket"]>>;

function check(cluster: MemoryCluster, trial: Trial, namespace: string | undefined = "shop") {
  return checkExec(namespace, { cluster, tryWebSocket: async () => trial }, never);
}

suite("exec without a pod", () => {
  test("an open WebSocket proves the way to the API server, and nothing is executed", async () => {
    let ran = 0;
    const onExec = (): ExecOutcome => ({ kind: "exited", exitCode: ran++ });
    const cluster = new MemoryCluster({ objects: [pod("shop/web")], onExec });
    const { status, message } = await check(cluster, { kind: "open" });
    assert.equal(status, "ok");
    assert.match(message, /permitted.*WebSockets open.*nothing was executed.*--pod/);
    assert.equal(ran, 0);
    assert.equal(cluster.execs[0]?.namespace, "shop");
  });

  test("without the right to watch it says that WebSockets were not proven", async () => {
    const { status, message } = await check(new MemoryCluster(), { kind: "forbidden" });
    assert.equal(status, "ok");
    assert.match(message, /not known/);
  });

  test("a WebSocket that does not get through is a failure", async () => {
    const closed = { kind: "closed", message: "answered with status 200 instead of 101" } as const;
    const { status, message, hint } = await check(new MemoryCluster(), closed);
    assert.equal(status, "fail");
    assert.match(message, /status 200 instead of 101/);
    assert.match(hint ?? "", /Upgrade: websocket/);
  });

  test("a missing right is named, and nothing is tried", async () => {
    const cluster = new MemoryCluster();
    cluster.fail({ verb: "create", resource: "pods/exec", error: new ArkError("Forbidden", "no") });
    const { status, message, hint } = await check(cluster, { kind: "open" });
    assert.equal(status, "warn");
    assert.match(message, /in namespace shop: the right to create pods\/exec is missing/);
    assert.match(hint ?? "", /kubectl ark rbac/);
    assert.deepEqual(cluster.execs, []);
  });

  test("for all namespaces the attempt is made in the context's", async () => {
    const cluster = new MemoryCluster({ identity: { namespace: "home" } });
    const tried: string[] = [];
    const tryWebSocket = async (namespace: string): Promise<Trial> => {
      tried.push(namespace);
      return { kind: "open" };
    };
    assert.equal((await checkExec(undefined, { cluster, tryWebSocket }, never)).status, "ok");
    assert.deepEqual([cluster.execs[0]?.namespace, ...tried], ["home", "home"]);
  });
});

suite("exec in a pod", () => {
  const web = { namespace: "shop", name: "web" };
  const tryWith = (outcome: ExecOutcome, phase = "Running") =>
    tryInPod(
      web,
      new MemoryCluster({ objects: [pod("shop/web", { phase })], onExec: () => outcome }),
      never,
    );

  for (const [title, outcome, status, words] of [
    [
      "true ran",
      { kind: "exited", exitCode: 0 },
      "ok",
      /`true` was run in container main of pod shop\/web/,
    ],
    ["true is odd", { kind: "exited", exitCode: 126 }, "ok", /started .*ended with 126/],
    [
      "no true",
      { kind: "failed", message: 'exec: "true": executable file not found in $PATH' },
      "ok",
      /was reached; it has no `true`/,
    ],
    [
      "runtime down",
      { kind: "failed", message: "container runtime is down" },
      "fail",
      /runtime is down/,
    ],
    [
      "broken off",
      { kind: "unknown", message: "closed without a status" },
      "fail",
      /broke off: closed/,
    ],
    ["too late", { kind: "aborted", started: true }, "fail", /did not end in time/],
    [
      "refused",
      { kind: "rejected", error: new ArkError("Forbidden", "not you") },
      "fail",
      /not you/,
    ],
  ] as const) {
    test(`${title}: ${status}`, async () => {
      const verdict = await tryWith(outcome);
      assert.equal(verdict.status, status);
      assert.match(verdict.message, words);
    });
  }

  test("a pod that does not run is told so, one that is not there is an error", async () => {
    const pending = await tryWith({ kind: "exited", exitCode: 0 }, "Pending");
    assert.equal(pending.status, "fail");
    assert.match(pending.message, /no container of pod shop\/web is running/);
    await assert.rejects(tryInPod(web, new MemoryCluster(), never), { code: "NotFound" });
  });
});
