import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { zstdDecompressSync } from "node:zlib";
import type { BackupEvent } from "../../../../src/backup/backup-events.ts";
import { hasCode } from "../../../../src/lib/errors.ts";
import { claim } from "../../../support/builders.ts";
import { GNU, tars } from "../../../support/copy-bench.ts";
import { MemoryStore } from "../../../support/memory-store.ts";
import {
  app,
  bound,
  errorsOf,
  resultsOf,
  takeVolumes,
  VolumeCluster,
  volumeContent,
  volumeOf,
} from "../../../support/volume-backup.ts";

const never = new AbortController().signal;
const FILE = "volumedata_shop_data.tar.zst";
const request = { volumeData: true } as const;
const changed = `${GNU}tar: ./log: file changed as we read it\n`;

describe("the data of a snapshot", () => {
  it("is copied by a helper once everything is thawed, and the helper is gone afterwards", async () => {
    const cluster = new VolumeCluster({ "*": { readyMs: 5_000 } }, app("db", ["data"]));
    const taken = await takeVolumes(cluster, { request });
    const steps = cluster.history.map((step) => step.replace(/ark-copy-data-\w+/, "helper"));
    assert.deepEqual(steps, ["freeze db", "snapshot data", "thaw db", "tar helper"]);
    assert.ok((cluster.atMs["thaw db"] ?? 0) < 200);
    assert.deepEqual(resultsOf(taken), ["shop/data captured"]);
    const { data, snapshot } = volumeOf(taken, "shop/data");
    assert.equal(data?.source, "snapshot");
    assert.ok(snapshot?.handle);
    assert.deepEqual(zstdDecompressSync(await taken.file(FILE)), volumeContent);
    assert.deepEqual(await cluster.names("pods"), ["db"]);
    assert.deepEqual(await cluster.names("persistentvolumeclaims"), ["data"]);
    assert.equal(cluster.clock.sleeping, 0);
    assert.ok(!(await taken.items()).some((item) => item.includes("ark-copy")));
  });

  it("ends with the time of the copy alone, without that of the helper", async () => {
    const cluster = new VolumeCluster({}, app("db", ["data"]));
    cluster.onTar = async (...call) => {
      await cluster.clock.sleep(1_500);
      return tars({ stdout: volumeContent })(...call);
    };
    const create = cluster.create.bind(cluster);
    cluster.create = async (...call) => {
      if (call[1].kind === "Pod") await cluster.clock.sleep(2_000);
      return create(...call);
    };
    const events: BackupEvent[] = [];
    await takeVolumes(cluster, { request, observe: (event) => events.push(event) });
    const ends = events.flatMap((event) => (event.kind === "copy-ended" ? [event.durationMs] : []));
    assert.deepEqual(ends, [1_500]);
  });

  it("with files that changed meanwhile is captured, with a warning about the claim", async () => {
    const cluster = new VolumeCluster({}, app("db", ["data"]));
    cluster.onTar = tars({ stdout: volumeContent, stderr: changed, exitCode: 1 });
    const taken = await takeVolumes(cluster, { request });
    assert.deepEqual(resultsOf(taken), ["shop/data captured"]);
    assert.match(volumeOf(taken, "shop/data").data?.warnings.join() ?? "", /changed while it was/);
    const [warning] = taken.report.warnings;
    assert.deepEqual([warning?.namespace, warning?.name], ["shop", "data"]);
    assert.equal(taken.report.phase, "Completed");
  });

  it("that cannot be copied is an error; the snapshot is kept all the same", async () => {
    const cluster = new VolumeCluster({}, app("db", ["data"]));
    cluster.onTar = tars({ stdout: volumeContent, exitCode: 9 });
    const taken = await takeVolumes(cluster, { request });
    assert.match(
      resultsOf(taken).join(),
      /^shop\/data failed: its data was not copied: tar ended with exit code 9/,
    );
    const [info] = await taken.json<Record<string, unknown>[]>("nightly-volumeinfo.json.gz");
    assert.equal(info?.["backupMethod"], "CSISnapshot", "as the claim in the archive says");
    assert.equal(cluster.storage.size, 1);
    assert.deepEqual(await cluster.names("pods"), ["db"]);
  });

  it("of a snapshot that failed is not copied, and there is one error", async () => {
    const cluster = new VolumeCluster({ data: { error: { fromMs: 0 } } }, app("db", ["data"]));
    const taken = await takeVolumes(cluster, { request });
    assert.ok(!cluster.history.some((step) => step.startsWith("tar")));
    assert.equal(errorsOf(taken).length, 1);
  });

  it("of a block device is an error, with the reason", async () => {
    const raw = claim("shop/data", "pv-shop-data", {
      spec: { volumeMode: "Block", volumeName: "pv-shop-data" },
    });
    const cluster = new VolumeCluster({}, [...bound("shop/data"), raw]);
    const taken = await takeVolumes(cluster, { request });
    assert.match(errorsOf(taken).join(), /raw block device \(volumeMode Block\)/);
  });

  it("is not in the store, and the helper and the snapshot are gone, after an interruption amid it", async () => {
    const cluster = new VolumeCluster({}, app("db", ["data"]));
    const controller = new AbortController();
    cluster.onTar = async (call) => {
      await call.onStdout?.(volumeContent.subarray(0, 600));
      controller.abort();
      return new Promise(() => {});
    };
    const store = new MemoryStore();
    const taking = takeVolumes(cluster, { request, store, signal: controller.signal });
    await assert.rejects(taking, (error) => hasCode(error, "Cancelled"));
    assert.deepEqual(await store.list(never), []);
    assert.deepEqual(await cluster.leftovers(), []);
  });
});
