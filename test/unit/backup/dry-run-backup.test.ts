import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { dryRunBackup } from "../../../src/backup/dry-run-backup.ts";
import type { BackupSpecFields } from "../../../src/api/backup-schema.ts";
import type { BackupRequest } from "../../../src/backup/backup-request.ts";
import {
  aRequest,
  backupResources,
  gistOf,
  hookAnnotations,
} from "../../support/backup-builders.ts";
import { claim, configMap, namespace, pod } from "../../support/builders.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { UntouchedStore } from "../../support/failing-store.ts";
import { MemoryJournal } from "../../support/memory-journal.ts";
import { RecordingCluster } from "../../support/recording-cluster.ts";

const objects = [
  namespace("shop"),
  pod("shop/db", { claims: ["data"], annotations: hookAnnotations({ pre: "freeze" }) }),
  pod("shop/web"),
  claim("shop/data"),
  configMap("shop/c"),
];

async function dryRun(spec: BackupSpecFields = {}, changes: Partial<BackupRequest> = {}) {
  const cluster = new RecordingCluster({ objects, resources: backupResources });
  const store = new UntouchedStore();
  const journal = new MemoryJournal();
  const ports = { cluster, store, journal, clock: new FakeClock(), observe: () => {} };
  const { signal } = new AbortController();
  return { result: await dryRunBackup(aRequest(spec, changes), ports, signal), cluster };
}

describe("dryRunBackup", () => {
  it("reads pods, runs no hook, writes nothing, and gives the blocks and their hooks", async () => {
    const { result, cluster } = await dryRun();
    assert.deepEqual(cluster.reads, ["list pods"]);
    assert.deepEqual(cluster.execs, []);
    assert.deepEqual(
      result.blocks.map(({ pods, claims }) => [pods.map(({ view }) => view.name), claims]),
      [[["db"], ["shop/data"]]],
    );
    assert.deepEqual(result.blocks[0]?.pods[0]?.hooks.pre[0]?.command, ["freeze"]);
    assert.deepEqual([result.errors, result.warnings], [[], []]);
  });

  it("says what a backup would say of hooks that match no pod, and of the request", async () => {
    const hooks = { resources: [{ name: "lost", includedNamespaces: ["nowhere"] }] };
    const { result } = await dryRun({ hooks }, { warnings: ["a remark"] });
    assert.deepEqual(result.errors.map(gistOf), ["hook lost of the backup's spec matches no pod"]);
    assert.deepEqual(result.warnings.map(gistOf), ["a remark"]);
  });

  it("refuses what a backup would refuse", async () => {
    await assert.rejects(dryRun({ includedNamespaces: ["shpo"] }), { code: "InvalidDocument" });
  });
});
