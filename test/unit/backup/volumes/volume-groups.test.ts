import assert from "node:assert/strict";
import { it } from "node:test";
import {
  VOLUME_SNAPSHOT_CONTENTS,
  VOLUME_SNAPSHOTS,
} from "../../../../src/volumes/snapshot-kinds.ts";
import { takeBackup } from "../../../support/backup-builders.ts";
import { claim, namespace, object, volume } from "../../../support/builders.ts";
import { hooked } from "../../../support/guarded-backup.ts";
import { GROUP_API, GroupCluster } from "../../../support/memory-group-controller.ts";
import { PollClock, whilePolling } from "../../../support/poll-clock.ts";
import { resultsOf, snapshotClass } from "../../../support/volume-backup.ts";

const labels = { "velero.io/volume-group": "ledger" };

it("the volumes of a group are cut at one time between the hooks, and each is in the archive once", async () => {
  const clock = new PollClock();
  const cluster = new GroupCluster(clock, { cutMs: 300, lagMs: 100 });
  const names = ["data", "log"];
  for (const name of names) {
    cluster.addClaim(claim(`shop/${name}`, `pv-${name}`, { metadata: { labels } }));
    cluster.add(volume(`pv-${name}`, `shop/${name}`));
  }
  const groupClass = object(GROUP_API, "VolumeGroupSnapshotClass", "groups", {
    driver: "csi.example",
    deletionPolicy: "Delete",
  });
  cluster.add(namespace("shop"), hooked("db", { claims: names }), snapshotClass, groupClass);
  const thawnAt: number[] = [];
  cluster.onExec = ({ command }) => {
    if (command[0] === "thaw") thawnAt.push(clock.monotonicMs());
    return { kind: "exited", exitCode: 0 };
  };
  const spec = { snapshotVolumes: null };
  const taken = await whilePolling(clock, takeBackup({ cluster, clock, spec }));
  assert.deepEqual(resultsOf(taken), ["shop/data captured", "shop/log captured"]);
  assert.deepEqual(thawnAt, [400]);
  assert.equal(taken.report.phase, "Completed");
  assert.equal(taken.report.itemCounts[VOLUME_SNAPSHOTS], 2);
  assert.equal(taken.report.itemCounts[VOLUME_SNAPSHOT_CONTENTS], 2);
  const entries = await taken.entries();
  for (const [path, entry] of entries) {
    if (!path.includes(VOLUME_SNAPSHOTS)) continue;
    assert.equal(entry.metadata.labels?.["kubectl-ark/state"], "kept");
    assert.deepEqual(entry.metadata.ownerReferences, []);
  }
  assert.ok(![...entries.keys()].some((path) => path.includes("volumegroupsnapshotcontents")));
});
