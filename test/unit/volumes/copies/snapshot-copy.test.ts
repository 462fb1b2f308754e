import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { zstdDecompressSync } from "node:zlib";
import { ArkError } from "../../../../src/lib/errors.ts";
import { fieldsAt } from "../../../../src/volumes/object-fields.ts";
import type { CopyOutcome } from "../../../../src/volumes/copies/volume-copies.ts";
import { copyBench, MemoryFile, tars } from "../../../support/copy-bench.ts";
import type { ExecHandler } from "../../../support/memory-cluster.ts";
import { aSnapshotPlan } from "../../../support/snapshot-builders.ts";
import { END_MARK, tarEntry } from "../../../support/tar-bytes.ts";

const plan = aSnapshotPlan("shop/data");
const archive = Buffer.concat([tarEntry("a", "x"), END_MARK]);
const never = new AbortController().signal;
const podSecurity = new ArkError("Forbidden", 'violates PodSecurity "restricted:latest"');

function bench(onExec: ExecHandler = tars({ stdout: archive }), timeoutMs = 60_000) {
  const made = copyBench(onExec, { timeoutMs });
  const file = new MemoryFile();
  const copy = (signal: AbortSignal = never): Promise<CopyOutcome> =>
    made.copies.copyFromSnapshot(
      { plan, snapshotName: "snap", restoreSizeBytes: undefined, write: file.write },
      signal,
    );
  return { ...made, file, copy };
}

function reasonOf(outcome: CopyOutcome): string {
  return outcome.kind === "copied" ? "copied" : outcome.reason;
}

describe("copyFromSnapshot", () => {
  it("makes a pod and a claim, copies from /data, and removes both", async () => {
    const { copy, cluster, clock, file, copies } = bench();
    const outcome = await copy();
    assert.equal(outcome.kind, "copied");
    assert.deepEqual(zstdDecompressSync(file.content ?? Buffer.alloc(0)), archive);
    assert.deepEqual(
      cluster.created.map(({ kind }) => kind),
      ["Pod", "PersistentVolumeClaim"],
    );
    const [pod, claim] = cluster.created;
    assert.equal(claim?.metadata.name, pod?.metadata.name);
    assert.equal(cluster.execs[0]?.command.at(-1), "/data");
    assert.deepEqual(cluster.leftovers(), []);
    const { deletions } = cluster;
    assert.deepEqual(await copies.discard(), []);
    assert.equal(cluster.deletions, deletions, "what is gone is not deleted again");
    assert.equal(clock.sleeping, 0);
  });

  it("makes nothing for a block volume, or when it was interrupted before", async () => {
    const { copies, cluster, file, copy } = bench();
    const request = { snapshotName: "s", restoreSizeBytes: undefined, write: file.write };
    const block = { ...plan, volumeMode: "Block" as const };
    const outcome = await copies.copyFromSnapshot({ ...request, plan: block }, never);
    assert.equal(outcome.kind, "skipped");
    assert.equal(reasonOf(await copy(AbortSignal.abort())), "interrupted");
    assert.deepEqual(cluster.created, []);
  });

  it("runs as the source's user where Pod Security refuses root, and makes the claim once", async () => {
    const { copy, cluster, log } = bench();
    cluster.fail({ verb: "create", resource: "pods", error: podSecurity, times: 1 });
    assert.equal((await copy()).kind, "copied");
    const users = cluster.created
      .filter(({ kind }) => kind === "Pod")
      .map((pod) => fieldsAt(pod, "spec", "securityContext")["runAsNonRoot"]);
    assert.deepEqual(users, [undefined, true]);
    assert.equal(cluster.created.length, 3);
    assert.match(log.join(), /root is refused here/);
  });

  const refusals: readonly [
    what: string,
    kind: "pods" | "persistentvolumeclaims",
    error: ArkError,
  ][] = [
    ["a quota for pods", "pods", new ArkError("Forbidden", "exceeded quota: pods=1")],
    [
      "a quota for volumes",
      "persistentvolumeclaims",
      new ArkError("Forbidden", "exceeded quota: storage"),
    ],
    ["Pod Security, for any user", "pods", podSecurity],
    ["a cut connection", "persistentvolumeclaims", new ArkError("ClusterUnreachable", "reset")],
  ];
  for (const [what, resource, error] of refusals) {
    it(`fails with the reason and leaves nothing when ${what} refuses ${resource}`, async () => {
      const { copy, cluster, file } = bench();
      cluster.fail({ verb: "create", resource, error });
      assert.equal(reasonOf(await copy()), error.message);
      const attempts = cluster.created.filter(({ kind }) => kind === "Pod").length;
      assert.equal(attempts, error === podSecurity ? 2 : 1);
      assert.deepEqual(cluster.leftovers(), []);
      assert.equal(file.writes, 0);
    });
  }

  it("fails at once when the pod cannot run, with what Kubernetes says and a hint", async () => {
    const { copy, cluster } = bench();
    const waiting = { reason: "ImagePullBackOff", message: "no such image tools:1" };
    cluster.fate = (pod) => ({ ...pod, status: { containerStatuses: [{ state: { waiting } }] } });
    const outcome = await copy();
    assert.match(
      reasonOf(outcome),
      /^helper pod ark-copy-data-\w+ cannot run: ImagePullBackOff: no such/,
    );
    assert.match(outcome.kind === "failed" ? (outcome.hint ?? "") : "", /--helper-image/);
    assert.deepEqual(cluster.leftovers(), []);
  });

  it("waits for a pod no longer than the time-out, and then says what the claim waits for", async () => {
    const { copy, cluster, clock } = bench(undefined, 5000);
    cluster.fate = (pod) => ({ ...pod, status: { phase: "Pending" } });
    cluster.beforeCreate = (_, { metadata: { name } }) =>
      cluster.add({
        apiVersion: "v1",
        kind: "Event",
        metadata: { namespace: "shop", name: "e1" },
        involvedObject: { kind: "PersistentVolumeClaim", name },
        type: "Warning",
        message: "no space in the pool",
      });
    const outcome = copy();
    for (let waited = 0; waited < 5000; waited += 500) {
      await clock.whenSleeping();
      await clock.advance(500);
    }
    assert.match(
      reasonOf(await outcome),
      /did not run within 5s: .*; claim: no space in the pool$/,
    );
    assert.deepEqual(cluster.leftovers(), []);
    assert.equal(clock.sleeping, 0);
  });

  it("goes on waiting when the API server does not answer for a moment", async () => {
    const { copy, cluster, clock } = bench();
    const error = new ArkError("ClusterUnreachable", "reset");
    cluster.fail({ verb: "get", resource: "pods", error, times: 1 });
    const outcome = copy();
    await clock.whenSleeping();
    await clock.advance(500);
    assert.equal((await outcome).kind, "copied");
  });

  it("fails when somebody removes the pod while it is waited for", async () => {
    const { copy, cluster } = bench();
    const error = new ArkError("NotFound", "gone");
    cluster.fail({ verb: "get", resource: "pods", error, times: 1 });
    assert.match(reasonOf(await copy()), /somebody has removed it/);
    assert.deepEqual(cluster.leftovers(), []);
  });

  it("fails when the helper's image has no tar, and says which image", async () => {
    const { copy, cluster } = bench(tars({ stderr: "kubectl-ark: none\n", exitCode: 125 }));
    assert.match(
      reasonOf(await copy()),
      /^the helper image tools:1 cannot be used: it has no tar$/,
    );
    assert.deepEqual(cluster.leftovers(), []);
  });
});
