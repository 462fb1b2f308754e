import assert from "node:assert/strict";
import { before, test } from "node:test";
import { installArk } from "./support/cli.ts";
import { kubectl, useNamespace } from "./support/cluster.ts";
import { aClaim, aStatefulSet } from "./support/manifests.ts";
import { lacksImages, needsRecovery, snapshotImage, volumesOf } from "./support/snapshots.ts";

const skip = await lacksImages();
const namespace = await useNamespace("consistent");
const ark = await installArk();

/** Dirties the file system without a pause: a new file, its metadata and its removal, again and again. */
const busy =
  "n=0; while true; do n=$((n+1)); echo $n > /data/file-$n; echo $n >> /data/lines; rm -f /data/file-$((n-20)); done";

before(async () => {
  const containers = [
    { name: "writer", script: busy },
    { name: "fsfreeze", privileged: true },
  ];
  await namespace.apply(aClaim("data"), aStatefulSet("busy", { claim: "data", containers }));
  await namespace.podsReady("app=busy");
  const target = ["-n", namespace.name, "statefulset/busy", "--container", "fsfreeze"];
  const hooks = [
    "--pre",
    "fsfreeze --freeze /data",
    "--post",
    "fsfreeze --unfreeze /data",
    "--yes",
  ];
  const { exitCode, stderr } = await ark.run(["hooks", "set", ...target, ...hooks]);
  assert.equal(exitCode, 0, stderr);
  const rollout = ["rollout", "status", "statefulset/busy", "-n", namespace.name];
  await kubectl([...rollout, "--timeout=110s"]);
});

async function snapshotNeedsRecovery(name: string, flags: readonly string[]): Promise<boolean> {
  const words = ["backup", name, "-n", namespace.name, "--include-resources=pods,pvc", ...flags];
  const { exitCode, stdout, stderr } = await ark.run(words);
  assert.equal(exitCode, 0, stdout + stderr);
  const record = await ark.record(name);
  assert.equal(record.hooks.length, flags.length === 0 ? 2 : 0);
  const volumes = volumesOf(record);
  assert.deepEqual(
    volumes.map(({ claim, result }) => [claim, result]),
    [[`${namespace.name}/data`, "captured"]],
  );
  const [volume] = volumes;
  assert.ok(volume);
  return needsRecovery(snapshotImage(volume));
}

test(
  "20 snapshots of a volume that is written without pause are all cut while it is frozen",
  { skip },
  async () => {
    const dirty: string[] = [];
    for (let round = 1; round <= 20; round += 1) {
      if (await snapshotNeedsRecovery(`frozen-${round}`, [])) dirty.push(`frozen-${round}`);
    }
    assert.deepEqual(dirty, []);
  },
);

test(
  "of 5 snapshots without hooks at least one needs recovery: the check above can fail",
  { skip },
  async () => {
    let dirty = 0;
    for (let round = 1; round <= 5; round += 1) {
      if (await snapshotNeedsRecovery(`unfrozen-${round}`, ["--hooks=false"])) dirty += 1;
    }
    assert.ok(dirty >= 1);
  },
);
