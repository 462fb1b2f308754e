import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hasCode } from "../../../../src/lib/errors.ts";
import { aCluster, backupResources, takeBackup } from "../../../support/backup-builders.ts";
import { claim, configMap, namespace, pod, volume } from "../../../support/builders.ts";

const objects = [
  namespace("shop"),
  pod("shop/db", { claims: ["data"] }),
  claim("shop/data", "pv-1"),
  volume("pv-1"),
];

const withoutSnapshots = backupResources.filter(({ group }) => group !== "snapshot.storage.k8s.io");

describe("volume data", () => {
  it("is said not to be in the backup, by the names of the claims", async () => {
    const { report } = await takeBackup({
      objects,
      resources: withoutSnapshots,
      spec: { snapshotVolumes: null },
    });
    assert.deepEqual(
      report.warnings.map(({ message }) => message),
      [
        "the data of this claim is not in the backup: shop/data (its volume pv-1 is bound to no claim)",
      ],
    );
    assert.equal(report.phase, "Completed");
  });

  it("of many claims is one warning that names the first five", async () => {
    const claims = Array.from({ length: 12 }, (_, index) => `data-${index}`);
    const many = [namespace("shop"), pod("shop/db", { claims })];
    const all = [...many, ...claims.map((name) => claim(`shop/${name}`))];
    const { report } = await takeBackup({ objects: all, spec: { snapshotVolumes: null } });
    assert.equal(report.warnings.length, 1);
    assert.match(report.warnings[0]?.message ?? "", /shop\/data-0 \(.* and 7 more$/);
  });

  it("is not mentioned where there is none, or where leaving it out was asked for", async () => {
    const without = [namespace("shop"), configMap("shop/c"), pod("shop/web")];
    for (const setup of [
      { objects: without, spec: { snapshotVolumes: null } },
      { objects, spec: { snapshotVolumes: false } },
    ]) {
      assert.deepEqual((await takeBackup(setup)).report.warnings, []);
    }
  });

  it("that cannot be captured is an error where snapshots were asked for", async () => {
    const { report } = await takeBackup({ objects, spec: { snapshotVolumes: true } });
    assert.equal(report.phase, "PartiallyFailed");
    assert.match(report.errors[0]?.message ?? "", /shop\/data \(its volume pv-1 is bound to/);
  });

  it("that was asked for is refused before anything runs", async () => {
    const cluster = aCluster({ objects, resources: withoutSnapshots });
    await assert.rejects(
      takeBackup({ cluster, spec: { snapshotVolumes: true } }),
      (error) => hasCode(error, "InvalidDocument") && /has no volume snapshots/.test(error.message),
    );
    assert.deepEqual(cluster.execs, []);
  });
});
