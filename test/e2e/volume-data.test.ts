import assert from "node:assert/strict";
import { test } from "node:test";
import { storeEntries, unpack } from "./support/archive.ts";
import { bringBack, bringBackPod, removeBringBackPod } from "./support/bring-back.ts";
import { installArk } from "./support/cli.ts";
import { kubectl, useNamespace } from "./support/cluster.ts";
import { whenWritable } from "./support/frozen-pod.ts";
import { aDataPod, bashIn, copyFlags, lacksTarImage } from "./support/pod-shell.ts";
import { beforeTheEnd, type Running } from "./support/process.ts";
import { lacksSnapshots, snapshotsIn, volumesOf } from "./support/snapshots.ts";
import {
  assertNoHelpers,
  assertStoredData,
  copyBegun,
  helpersIn,
} from "./support/volume-copies.ts";
import { differences, fillVolume, listVolume, occupiedBytes } from "./support/volume-content.ts";

const skip = (await lacksSnapshots()) || lacksTarImage();
const [large, small] = [await useNamespace("voldata"), await useNamespace("volcopy")];
const ark = await installArk();
const withSnapshots = ["-n", small.name, ...copyFlags];
const inThePod = [...withSnapshots, "--snapshot-volumes=false"];
const thousands = process.env["ARK_E2E_FULL"] === "1" ? 100 : 20;

test(
  "data is copied out of a snapshot, and comes back the same by the documented commands",
  { skip },
  async () => {
    await large.apply(...aDataPod("data", "3Gi"));
    await large.podsReady();
    await fillVolume(large, "data", { thousands, isSparse: true });
    const listed = await listVolume(large, "data");
    const occupied = await occupiedBytes(large, "data", ["sparse", "hole"]);

    const words = ["backup", "nightly", "-n", large.name, ...copyFlags];
    const { exitCode, stdout, stderr } = await ark.run(words);
    assert.equal(exitCode, 0, stdout + stderr);
    assert.match(stderr, new RegExp(`^data of ${large.name}/data: [\\d.]+ \\w+ copied in `, "m"));
    await assertNoHelpers(large);
    const record = await ark.record("nightly");
    const [volume] = volumesOf(record);
    assert.deepEqual([record.warnings, volume?.data?.warnings], [[], []]);
    assert.equal(volume?.data?.source, "snapshot");
    await assertStoredData(ark, record, volume);
    const thawed = record.blocks[0]?.thawTimestamp ?? "never";
    assert.ok(thawed < volume.data.startTimestamp, "thawed before the copy began");

    await kubectl(["delete", "-n", large.name, "pod/data", "pvc/data"]);
    await bringBack({ ark, backup: "nightly", namespace: large, size: "3Gi" });
    assert.deepEqual(differences(listed, await listVolume(large, bringBackPod)), []);
    assert.deepEqual(await occupiedBytes(large, bringBackPod, ["sparse", "hole"]), occupied);
    assert.ok(Math.max(...occupied) < 2 ** 20, "holes take no place");
    await removeBringBackPod(large);
  },
);

test(
  "without a snapshot data is copied in the pod, which is frozen meanwhile",
  { skip },
  async () => {
    await small.apply(...aDataPod("data", "64Mi"));
    await small.podsReady();
    await fillVolume(small, "data", { thousands: 1, isSparse: false });
    const listed = await listVolume(small, "data");

    const { exitCode, stdout, stderr } = await ark.run(["backup", "in-pod", ...inThePod]);
    assert.equal(exitCode, 0, stdout + stderr);
    await whenWritable(small, "data");
    await assertNoHelpers(small);
    assert.deepEqual(await snapshotsIn(small.name), []);
    const record = await ark.record("in-pod");
    const [volume] = volumesOf(record);
    const [block] = record.blocks;
    assert.equal(volume?.data?.source, "pod");
    assert.deepEqual([volume.snapshot, volume.data.warnings], [undefined, []]);
    await assertStoredData(ark, record, volume);
    const { startTimestamp, endTimestamp } = volume.data;
    const { quiescedTimestamp = "never", thawTimestamp = "" } = block ?? {};
    assert.ok(quiescedTimestamp <= startTimestamp && endTimestamp <= thawTimestamp);
    const copySeconds = (Date.parse(endTimestamp) - Date.parse(startTimestamp)) / 1000;
    assert.ok((block?.quiescedSeconds ?? 0) >= copySeconds);

    await kubectl(["delete", "-n", small.name, "pod/data", "pvc/data"]);
    await bringBack({ ark, backup: "in-pod", namespace: small, size: "64Mi" });
    assert.deepEqual(differences(listed, await listVolume(small, bringBackPod)), []);
    await removeBringBackPod(small);
    await kubectl(["delete", "-n", small.name, "pvc/data"]);
  },
);

test(
  "of a helper image that cannot be had comes an error; the snapshot is kept, and nothing else",
  { skip },
  async () => {
    await small.apply(...aDataPod("data", "64Mi"));
    await small.podsReady();
    const flags = [...withSnapshots, "--helper-image=ark.invalid/nothing:1"];
    const { exitCode, stdout, stderr } = await ark.run(["backup", "no-image", ...flags]);
    assert.equal(exitCode, 3, stdout + stderr);
    const error = /helper pod \S+ cannot run: \w*Image\w*: .*ark\.invalid\/nothing:1/;
    assert.match(stderr, new RegExp(`^data of \\S+: failed after .*: ${error.source}`, "m"));
    assert.match(stdout, new RegExp(`^error: .*: its data was not copied: ${error.source}`, "m"));
    assert.match(stdout, /--helper-image/);
    await assertNoHelpers(small);
    const record = await ark.record("no-image");
    const [volume] = volumesOf(record);
    assert.deepEqual([record.phase, volume?.data], ["PartiallyFailed", undefined]);
    assert.ok(!Object.keys(record.files).some((file) => file.startsWith("volumedata")));
    const { name = "", contentName = "" } = volume?.snapshot ?? {};
    assert.deepEqual(await snapshotsIn(small.name), [name, contentName]);
    const claim = `resources/persistentvolumeclaims/namespaces/${small.name}/data.json`;
    const archived = await (await unpack(ark, "no-image")).read(claim);
    assert.ok(archived.includes(`"velero.io/volume-snapshot-name":"${name}"`), archived);
  },
);

test("a volume with so much data that a copy takes its time", { skip }, async () => {
  await kubectl(["delete", "-n", small.name, "pod/data", "pvc/data"]);
  await small.apply(...aDataPod("data", "600Mi"));
  await small.podsReady();
  await bashIn(small, "data", "head -c 400M /dev/urandom >/data/noise; sync");
});

for (const [where, flags] of [
  ["a helper", withSnapshots],
  ["the pod", inThePod],
] as const) {
  test(
    `Ctrl-C during a copy in ${where}: thawed, nothing stored, nothing left`,
    { skip },
    async () => {
      const [snapshots, stored] = [await snapshotsIn(small.name), await storeEntries(ark)];
      const backup = await startCopy("interrupted", flags);
      backup.signal("SIGINT");
      const { exitCode, stdout, stderr } = await backup.ended;
      assert.equal(exitCode, 130, stdout + stderr);
      assert.match(stderr, /^data of \S+: failed after .*: interrupted$/m);
      await whenWritable(small, "data");
      await assertNoHelpers(small);
      assert.deepEqual(await snapshotsIn(small.name), snapshots);
      assert.deepEqual(await storeEntries(ark), stored);
    },
  );
}

test("what a killed copy has left is removed by the next backup", { skip }, async () => {
  const [snapshots, stored] = [await snapshotsIn(small.name), await storeEntries(ark)];
  const backup = await startCopy("killed", withSnapshots);
  backup.signal("SIGKILL");
  await backup.ended;
  assert.equal((await helpersIn(small)).length, 2, "a pod and its claim");
  assert.equal((await snapshotsIn(small.name)).length, snapshots.length + 2);

  const { exitCode, stdout, stderr } = await ark.run(["backup", "next", "-n", small.name]);
  assert.equal(exitCode, 0, stdout + stderr);
  await assertNoHelpers(small);
  const [volume] = volumesOf(await ark.record("next"));
  const { name = "", contentName = "" } = volume?.snapshot ?? {};
  const expected = [...snapshots, name, contentName];
  assert.deepEqual((await snapshotsIn(small.name)).toSorted(), expected.toSorted());
  // What it has written into the store stays hidden there for a day: see the directory store.
  const published = (await storeEntries(ark)).filter((entry) => !entry.startsWith("."));
  assert.deepEqual(published.toSorted(), [...stored, "next"].toSorted());
});

/** A backup that is in the midst of the copy. */
async function startCopy(name: string, flags: readonly string[]): Promise<Running> {
  const backup = ark.start(["backup", name, ...flags]);
  await beforeTheEnd(backup, copyBegun(ark, `volumedata_${small.name}_data.tar.zst`));
  return backup;
}
