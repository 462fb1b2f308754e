import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { zstdDecompressSync } from "node:zlib";
import type { KubernetesObject } from "../../../../src/cluster/cluster.ts";
import type { BackupEvent } from "../../../../src/backup/backup-events.ts";
import { pod } from "../../../support/builders.ts";
import { GNU, tars } from "../../../support/copy-bench.ts";
import { failingStore } from "../../../support/failing-store.ts";
import { fails, hooked, succeeds } from "../../../support/guarded-backup.ts";
import { MemoryStore } from "../../../support/memory-store.ts";
import {
  app,
  bound,
  boundToHost,
  errorsOf,
  mounting,
  resultsOf,
  takeVolumes,
  VolumeCluster,
  volumeContent,
  volumeOf,
} from "../../../support/volume-backup.ts";

const never = new AbortController().signal;
const FILE = "volumedata_shop_data.tar.zst";
const request = { volumeData: true } as const;
const unreadable = `${GNU}tar: ./secret: Cannot open: Permission denied\n`;

/** A pod shop/db whose volume cannot be snapshotted. */
const onHost = (): KubernetesObject[] => [
  mounting(hooked("db", { claims: ["data"] })),
  ...boundToHost("shop/data"),
];

async function filesOf(store: MemoryStore): Promise<string[]> {
  return (await store.files("nightly", never)).map(({ name }) => name);
}

describe("a volume that cannot be snapshotted", () => {
  it("is copied in its pod while that is frozen; the record has the file and its digest", async () => {
    const cluster = new VolumeCluster({}, onHost());
    cluster.onTar = async (...call) => {
      await cluster.clock.sleep(1_500);
      return tars({ stdout: volumeContent })(...call);
    };
    const taken = await takeVolumes(cluster, { request });
    assert.deepEqual(cluster.history, ["freeze db", "tar db", "thaw db"]);
    assert.equal(cluster.atMs["thaw db"], 1_500);
    assert.deepEqual(resultsOf(taken), ["shop/data captured"]);
    assert.deepEqual([taken.report.phase, taken.report.warnings], ["Completed", []]);
    const bytes = await taken.file(FILE);
    assert.deepEqual(zstdDecompressSync(bytes), volumeContent);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const { files, blocks } = await taken.record();
    assert.deepEqual(files[FILE], { sha256, sizeBytes: bytes.length });
    assert.deepEqual(blocks[0]?.volumes[0]?.data, {
      file: FILE,
      source: "pod",
      sizeBytes: bytes.length,
      uncompressedBytes: volumeContent.length,
      startTimestamp: "2026-01-02T03:04:05.000Z",
      endTimestamp: "2026-01-02T03:04:06.500Z",
      warnings: [],
    });
  });

  it("is copied beside the snapshots of the others, with progress and an end", async () => {
    const objects = [mounting(hooked("db", { claims: ["data", "fast"] }))];
    const cluster = new VolumeCluster({}, [
      ...objects,
      ...boundToHost("shop/data"),
      ...bound("shop/fast"),
    ]);
    const events: BackupEvent[] = [];
    const observe = (event: BackupEvent): unknown => events.push(event);
    const taken = await takeVolumes(cluster, { request, observe });
    assert.deepEqual(resultsOf(taken), ["shop/data captured", "shop/fast captured"]);
    assert.equal(volumeOf(taken, "shop/fast").data?.source, "snapshot");
    const progress = events.filter(({ kind }) => kind === "copy-progress");
    const bytes = volumeContent.length;
    assert.deepEqual(progress[0], { kind: "copy-progress", claim: "shop/data", bytes });
    assert.equal(events.filter(({ kind }) => kind === "copy-ended").length, 2);
  });

  for (const [what, script, message] of [
    ["tar that fails", { exitCode: 2, stderr: `${GNU}tar: write error\n` }, /tar ended with exit/],
    [
      "an archive that was cut off",
      { stdout: volumeContent.subarray(0, 700) },
      /although tar ended/,
    ],
    ["a container without tar", { exitCode: 125, stderr: "kubectl-ark: none\n" }, /it has no tar/],
  ] as const) {
    it(`is an error with ${what}; thawed, and there is no file`, async () => {
      const cluster = new VolumeCluster({}, onHost());
      cluster.onTar = tars({
        stdout: script.exitCode === 125 ? Buffer.of() : volumeContent,
        ...script,
      });
      const store = new MemoryStore();
      const taken = await takeVolumes(cluster, { request, store });
      assert.equal(cluster.history.at(-1), "thaw db");
      assert.match(errorsOf(taken).join(), /^shop\/data: its data was not copied: /);
      assert.match(resultsOf(taken).join(), message);
      assert.equal(volumeOf(taken, "shop/data").data, undefined);
      assert.ok(!(await filesOf(store)).includes(FILE));
      assert.equal((await taken.record()).files[FILE], undefined);
      assert.ok((await taken.items()).includes("persistentvolumeclaims shop/data"));
    });
  }

  it("is an error when the store does not take it; the rest of the backup is published", async () => {
    const cluster = new VolumeCluster({}, onHost());
    const store = failingStore({ at: "write", file: FILE });
    const taken = await takeVolumes(cluster, { request, store });
    assert.match(errorsOf(taken).join(), /could not be stored: the disk is full/);
    assert.equal(taken.report.phase, "PartiallyFailed");
    assert.equal(cluster.history.at(-1), "thaw db");
  });

  it("lacking files that could not be read is an error, and named; the copy is kept", async () => {
    const cluster = new VolumeCluster({}, onHost());
    cluster.onTar = tars({ stdout: volumeContent, stderr: unreadable, exitCode: 2 });
    const taken = await takeVolumes(cluster, { request });
    assert.deepEqual(resultsOf(taken), ["shop/data failed: files could not be read"]);
    assert.match(taken.report.warnings.map(({ message }) => message).join(), /secret/);
    assert.equal(volumeOf(taken, "shop/data").data?.file, FILE);
    assert.deepEqual(errorsOf(taken), ["shop/data: its copy lacks files that could not be read"]);
  });

  it("is broken off by max-freeze; thawed then, and there is no file", async () => {
    const cluster = new VolumeCluster({}, onHost());
    cluster.onTar = async (call, signal) => {
      await call.onStdout?.(volumeContent.subarray(0, 600));
      void cluster.clock.sleep(1_000, signal).catch(() => {});
      await cluster.clock.advance(2_000);
      return new Promise(() => {});
    };
    const store = new MemoryStore();
    const taken = await takeVolumes(cluster, {
      request: { ...request, maxFreezeMs: 1_500 },
      store,
    });
    assert.equal(cluster.history.at(-1), "thaw db");
    assert.match(resultsOf(taken).join(), /failed: its pods may have been thawed/);
    assert.ok(!(await filesOf(store)).includes(FILE));
    assert.match(errorsOf(taken).join(), /max-freeze of 1.5s passed/);
  });

  it("is not copied in a pod that is not quiesced, nor without --volume-data", async () => {
    const cluster = new VolumeCluster({}, onHost());
    cluster.onHook = (call, signal) =>
      (call.command[0] === "freeze" ? fails : succeeds)(call, signal);
    const taken = await takeVolumes(cluster, { request });
    assert.deepEqual(cluster.history, ["freeze db", "thaw db"]);
    assert.match(resultsOf(taken).join(), /failed: its pods were not quiesced/);
    const without = new VolumeCluster({}, onHost());
    await takeVolumes(without);
    assert.deepEqual(without.history, ["freeze db", "thaw db"]);
  });

  it("that no running pod mounts is an error, with the reason", async () => {
    const done = mounting(pod("shop/job", { claims: ["data"], phase: "Succeeded" }));
    for (const objects of [boundToHost("shop/data"), [done, ...boundToHost("shop/data")]]) {
      const cluster = new VolumeCluster({}, objects);
      const taken = await takeVolumes(cluster, { request });
      assert.deepEqual(resultsOf(taken), [
        "shop/data failed: its data was not copied: no running pod mounts it",
      ]);
      assert.equal(errorsOf(taken).length, 1);
    }
  });
});

describe("with --snapshot-volumes=false", () => {
  it("everything is copied in the pods, and no snapshot is made", async () => {
    const [db, ...claims] = app("db");
    const cluster = new VolumeCluster({}, [mounting(db ?? assert.fail()), ...claims]);
    const taken = await takeVolumes(cluster, { request, spec: { snapshotVolumes: false } });
    assert.deepEqual(cluster.history, ["freeze db", "tar db", "thaw db"]);
    assert.equal(volumeOf(taken, "shop/db-data").data?.source, "pod");
  });
});
