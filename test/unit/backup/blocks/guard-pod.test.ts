import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hookAnnotations } from "../../../support/backup-builders.ts";
import { pod } from "../../../support/builders.ts";
import {
  errorsOf,
  GuardedCluster,
  guardsOf,
  hooked,
  takeGuarded,
} from "../../../support/guarded-backup.ts";
import type { ExecHandler } from "../../../support/memory-cluster.ts";
import { isGuard } from "../../../support/scripted-guard.ts";
import { ArkError } from "../../../../src/lib/errors.ts";

/** Lets the given containers have no shell. */
function withoutShell(cluster: GuardedCluster, ...containers: readonly string[]): void {
  const { onExec } = cluster;
  cluster.onExec = (request, signal) =>
    isGuard(request) && containers.includes(request.container)
      ? { kind: "failed", message: 'exec: "sh": executable file not found in $PATH' }
      : onExec(request, signal);
}

const twoContainers = pod("shop/db", {
  containers: ["main", "sidecar"],
  annotations: hookAnnotations(
    { pre: '["freeze"]', post: '["thaw"]' },
    { "post.hook/container": "sidecar" },
  ),
});

describe("the guard of a pod", () => {
  it("is on its post before the first pre hook, hears how far the block is, and is dismissed", async () => {
    const cluster = new GuardedCluster(hooked("db"));
    const taken = await takeGuarded(cluster);
    assert.deepEqual(cluster.begun, ["guard db", "freeze db", "thaw db"]);
    const words = cluster.guards.words.filter((word, index, all) => word !== all[index - 1]);
    assert.deepEqual(words, [".", "calm", "thawing", "dismiss"]);
    assert.deepEqual([taken.report.phase, errorsOf(taken)], ["Completed", []]);
    const guard = { pod: "shop/db", container: "main", state: "dismissed" };
    assert.deepEqual((await taken.record()).blocks[0]?.guards, [guard]);
    assert.equal(cluster.clock.sleeping, 0);
  });

  it("is in the container of the post hook", async () => {
    const cluster = new GuardedCluster(twoContainers);
    await takeGuarded(cluster);
    assert.deepEqual(cluster.guards.started, ["shop/db sidecar"]);
  });

  const none: Record<string, GuardedCluster> = {
    "without pre hooks": new GuardedCluster(
      pod("shop/db", { annotations: hookAnnotations({ post: "thaw" }) }),
    ),
    "without post hooks": new GuardedCluster(
      pod("shop/db", { annotations: hookAnnotations({ pre: "freeze" }) }),
    ),
    "that ran to its end": new GuardedCluster(hooked("db", { phase: "Succeeded" })),
    "whose post hook cannot run": new GuardedCluster(
      hooked("db", {}, { "post.hook/container": "nowhere" }),
    ),
  };
  for (const [which, cluster] of Object.entries(none)) {
    it(`is not needed in a pod ${which}`, async () => {
      const { report } = await takeGuarded(cluster, { request: { guard: "require" } });
      assert.deepEqual(cluster.guards.started, []);
      assert.ok(!report.errors.some(({ message }) => message.includes("guard")));
    });
  }

  it("is not there with --guard=off", async () => {
    const cluster = new GuardedCluster(hooked("db"));
    await takeGuarded(cluster, { request: { guard: "off" } });
    assert.deepEqual(cluster.begun, ["freeze db", "thaw db"]);
  });

  it("is dismissed, and no post hook runs, when no pre hook could be started", async () => {
    const cluster = new GuardedCluster(hooked("db"));
    const error = new ArkError("Forbidden", "cannot create pods/exec");
    cluster.onPre = () => ({ kind: "rejected", error });
    const taken = await takeGuarded(cluster);
    assert.deepEqual(cluster.begun, ["guard db", "freeze db"]);
    assert.deepEqual(guardsOf(taken), ["dismissed"]);
    assert.equal(cluster.guards.words.at(-1), "dismiss");
  });

  it("is dismissed when the backup is interrupted meanwhile", async () => {
    const [cluster, controller] = [new GuardedCluster(hooked("db")), new AbortController()];
    const pre: ExecHandler = () => {
      controller.abort();
      return { kind: "exited", exitCode: 0 };
    };
    cluster.onPre = pre;
    await assert.rejects(takeGuarded(cluster, { signal: controller.signal }));
    assert.deepEqual(cluster.begun, ["guard db", "freeze db", "thaw db"]);
    assert.deepEqual([cluster.guards.words.at(-1), cluster.guards.running], ["dismiss", 0]);
  });
});

describe("a container without a shell", () => {
  it("is quiesced without a guard by --guard=auto, which is warned about once", async () => {
    const cluster = new GuardedCluster(hooked("a"), hooked("b"));
    withoutShell(cluster, "main");
    const taken = await takeGuarded(cluster);
    assert.equal(taken.report.phase, "Completed");
    assert.deepEqual(guardsOf(taken), ["none", "none"]);
    const warnings = taken.report.warnings.filter(({ message }) =>
      message.includes("without a guard"),
    );
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]?.message ?? "", /container main: there is no shell in it/);
  });

  it("is left alone by --guard=require: no hook runs, the pod is not archived, its other guards go home", async () => {
    const annotations = hookAnnotations({ pre: '["freeze"]' });
    const spec = {
      hooks: {
        resources: [
          {
            name: "two",
            post: ["main", "sidecar"].map((container) => ({
              exec: { container, command: ["thaw"] },
            })),
          },
        ],
      },
    };
    const cluster = new GuardedCluster(
      pod("shop/db", { containers: ["main", "sidecar"], annotations }),
      hooked("ok"),
    );
    withoutShell(cluster, "sidecar");
    const taken = await takeGuarded(cluster, { spec, request: { guard: "require" } });
    const ofDb = cluster.execs.filter((exec) => exec.pod === "db" && !isGuard(exec));
    assert.deepEqual(ofDb, []);
    assert.ok(cluster.begun.includes("thaw ok"));
    const items = await taken.items();
    assert.ok(!items.includes("pods shop/db") && items.includes("pods shop/ok"));
    assert.equal(taken.report.phase, "PartiallyFailed");
    assert.ok(
      errorsOf(taken).some((message) =>
        message.includes("cannot be guarded (container sidecar: there is no shell in it)"),
      ),
    );
    assert.deepEqual(guardsOf(taken).toSorted(), ["dismissed", "dismissed", "none"]);
    assert.equal(cluster.guards.running, 0);
  });
});
