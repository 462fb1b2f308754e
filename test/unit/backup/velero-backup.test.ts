import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type BackupSetup,
  hookAnnotations,
  takeBackup,
  type TakenBackup,
} from "../../support/backup-builders.ts";
import { configMap, pod } from "../../support/builders.ts";
import { finishedBackup, objects } from "../../support/finished-backup.ts";

type Metadata = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Record<string, unknown>;
  readonly spec: unknown;
  readonly status: Record<string, unknown>;
};
const metadataOf = (taken: TakenBackup): Promise<Metadata> => taken.json("velero-backup.json");

const phaseOf = async (setup: BackupSetup): Promise<unknown> =>
  (await metadataOf(await takeBackup(setup))).status["phase"];

describe("velero-backup.json (what a Velero needs of it)", () => {
  it("is a velero.io/v1 Backup of the directory's name, with our marks", async () => {
    const request = {
      labels: { team: "db" },
      annotations: { note: "mine", "kubectl-ark/version": "forged" },
    };
    const { apiVersion, kind, metadata } = await metadataOf(await finishedBackup({ request }));
    assert.deepEqual([apiVersion, kind], ["velero.io/v1", "Backup"]);
    assert.deepEqual(metadata, {
      name: "nightly",
      labels: { team: "db" },
      annotations: {
        note: "mine",
        "kubectl-ark/version": "0.0.0-test",
        "kubectl-ark/context": "test",
        "kubectl-ark/server": "https://memory.test",
      },
      creationTimestamp: "2026-11-24T05:30:56Z",
    });
  });

  it("has the spec as it was written", async () => {
    const spec = { includedNamespaces: ["shop"], ttl: "720h0m0s", snapshotVolumes: null };
    assert.deepEqual((await metadataOf(await finishedBackup({ spec }))).spec, spec);
  });

  it("has times in whole seconds, counts of hooks, items, errors and warnings, and never expires", async () => {
    const { status } = await metadataOf(await finishedBackup());
    assert.deepEqual(status, {
      version: 1,
      formatVersion: "1.1.0",
      phase: "PartiallyFailed",
      startTimestamp: "2026-11-24T05:30:56Z",
      completionTimestamp: "2026-11-24T05:30:58Z",
      progress: { totalItems: 6, itemsBackedUp: 6 },
      errors: 1,
      warnings: 1,
      hookStatus: { hooksAttempted: 2, hooksFailed: 1 },
    });
  });

  it("counts only hooks that were tried: not those of a pod that ran to its end", async () => {
    const annotations = hookAnnotations({ pre: "freeze", post: "thaw" });
    const done = pod("shop/job", { annotations, phase: "Succeeded" });
    const { status } = await metadataOf(await takeBackup({ objects: [done] }));
    assert.deepEqual(status["hookStatus"], { hooksAttempted: 0, hooksFailed: 0 });
  });

  for (const ttl of [undefined, null, "0s", "0"]) {
    it(`has no expiration with the ttl ${ttl}: Velero deletes what has expired`, async () => {
      const spec = ttl === undefined ? {} : { ttl };
      assert.ok(!("expiration" in (await metadataOf(await finishedBackup({ spec }))).status));
    });
  }

  it("expires a ttl after its start, when one was asked for", async () => {
    const { status } = await metadataOf(await finishedBackup({ spec: { ttl: "1h30m" } }));
    assert.equal(status["expiration"], "2026-11-24T07:00:56Z");
  });

  it("says only the three phases that Velero takes", async () => {
    assert.equal(await phaseOf({ objects: [configMap("shop/c")] }), "Completed");
    assert.equal(await phaseOf({}), "Failed");
    assert.equal(
      await phaseOf({ objects, request: { hooks: true }, spec: { includedResources: ["cm"] } }),
      "PartiallyFailed",
    );
    assert.equal(await phaseOf({ request: { hooks: true } }), "Failed");
  });
});
