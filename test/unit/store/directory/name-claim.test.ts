import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createDirectoryStore } from "../../../../src/store/directory/directory-store.ts";
import { nodeFilesystem } from "../../../../src/store/directory/filesystem.ts";
import { claimName } from "../../../../src/store/directory/name-claim.ts";
import { filesystemWith } from "../../../support/failing-filesystem.ts";
import { publishBackup, writeFiles } from "../../../support/publish-backup.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";

const signal = new AbortController().signal;
const host = createHash("sha256").update(hostname()).digest("hex").slice(0, 8);

/** A claim that some other process has left or holds. */
function claimOf(root: string, owner: string, secondsAgo: number): void {
  const place = join(root, "backups", ".nightly.claim");
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, owner), "");
  const time = Date.now() / 1000 - secondsAgo;
  utimesSync(join(place, owner), time, time);
}

const ownerOf = (pid: number, on = host): string =>
  `${on}${pid.toString(16).padStart(8, "0")}00000000`;

test("a name that is being written is refused at create, and is free when the writer has discarded", async () => {
  const store = createDirectoryStore(temporaryDirectory());
  const writer = await store.create("nightly", signal);
  await assert.rejects(store.create("nightly", signal), {
    code: "BackupExists",
    message: /another process is writing a backup of this name: nightly/,
  });
  await publishBackup(store, "nightly-2");
  await writer.discard();
  await publishBackup(store, "nightly");
});

test("of many that claim a name at once exactly one gets it", async () => {
  const backups = temporaryDirectory();
  for (let round = 0; round < 20; round += 1) {
    const claims = await Promise.all(
      Array.from({ length: 8 }, () => claimName("nightly", backups, nodeFilesystem)),
    );
    const held = claims.filter((claim) => claim !== undefined);
    assert.equal(held.length, 1);
    await held[0]?.release();
    assert.deepEqual(readdirSync(backups), []);
  }
});

test("a claim is respected for a minute after the last sign of life", async () => {
  const root = temporaryDirectory();
  claimOf(root, ownerOf(1, "00000000"), 55);
  const store = createDirectoryStore(root);
  await assert.rejects(store.create("nightly", signal), { code: "BackupExists" });
  claimOf(root, ownerOf(1, "00000000"), 65);
  await publishBackup(store, "nightly");
  assert.deepEqual(readdirSync(join(root, "backups")), ["nightly"]);
});

test("the claim of a process of this machine that is dead is not waited for", async () => {
  const root = temporaryDirectory();
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  claimOf(root, ownerOf(pid), 0);
  await publishBackup(createDirectoryStore(root), "nightly");
});

test("of many that find a dead claim exactly one gets the name", async () => {
  const root = temporaryDirectory();
  claimOf(root, ownerOf(1, "00000000"), 65);
  const store = createDirectoryStore(root);
  const ends = await Promise.allSettled(
    Array.from({ length: 8 }, () => store.create("nightly", signal)),
  );
  assert.equal(ends.filter(({ status }) => status === "fulfilled").length, 1);
});

test("a writer that published between the look and the claim is noticed at create", async () => {
  const root = temporaryDirectory();
  const first = await createDirectoryStore(root).create("nightly", signal);
  await writeFiles(first);
  let isFirst = true;
  const files = filesystemWith(async (_operation, path) => {
    if (!isFirst || !path.endsWith(".claim")) return;
    isFirst = false;
    await first.publish();
  });
  await assert.rejects(createDirectoryStore(root, files).create("nightly", signal), {
    code: "BackupExists",
    message: /already exists/,
  });
  assert.deepEqual(readdirSync(join(root, "backups")), ["nightly"]);
});

const { pid: deadPid } = spawnSync(process.execPath, ["-e", ""]);

for (const [what, owner, secondsAgo, isRemoved] of [
  ["of a process of this machine that died a minute ago is removed", ownerOf(deadPid), 61, true],
  [
    "of one that was heard of since stays: it may be another machine of this name",
    ownerOf(deadPid),
    30,
    false,
  ],
  ["of a living process stays, however long it was silent", ownerOf(process.pid), 3600, false],
  ["of another machine stays", ownerOf(deadPid, "00000000"), 3600, false],
] as const) {
  test(`what is half written ${what}`, async () => {
    const root = temporaryDirectory();
    claimOf(root, owner, secondsAgo);
    const partial = join(root, "backups", ".nightly.0123456789abcdef.partial");
    mkdirSync(partial);
    writeFileSync(join(partial, "volumedata_shop_data.tar.zst"), "half");
    await publishBackup(createDirectoryStore(root), "other");
    assert.equal(existsSync(partial), !isRemoved);
  });
}
