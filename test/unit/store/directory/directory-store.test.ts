import assert from "node:assert/strict";
import { mkdirSync, readdirSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createDirectoryStore } from "../../../../src/store/directory/directory-store.ts";
import { chunksOf } from "../../../support/bytes.ts";
import { publishBackup } from "../../../support/publish-backup.ts";
import { testBackupStore } from "../../../support/store-suite.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";

const signal = new AbortController().signal;

testBackupStore("directory store", () => createDirectoryStore(temporaryDirectory()));

test("a backup is a directory of plain files under backups, for the owner only", async () => {
  const root = join(temporaryDirectory(), "new", "store");
  const store = createDirectoryStore(root);
  await publishBackup(store, "nightly", { "nightly.tar.gz": "contents" });
  const modes = ["", "backups", "backups/nightly", "backups/nightly/nightly.tar.gz"].map(
    (path) => statSync(join(root, path)).mode & 0o777,
  );
  assert.deepEqual(modes, [0o700, 0o700, 0o700, 0o600]);
  assert.deepEqual(readdirSync(join(root, "backups")), ["nightly"]);
  assert.equal(store.url, `file://${root}`);
});

test("a root that is a symbolic link is used like any other", async () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, "real"));
  symlinkSync("real", join(directory, "link"));
  await publishBackup(createDirectoryStore(join(directory, "link")), "nightly");
  assert.deepEqual(await createDirectoryStore(join(directory, "real")).list(signal), ["nightly"]);
});

test("what is no backup is not listed: files, links, odd names, directories without metadata", async () => {
  const root = temporaryDirectory();
  const store = createDirectoryStore(root);
  await publishBackup(store, "nightly");
  const backups = join(root, "backups");
  writeFileSync(join(backups, "plain-file"), "x");
  mkdirSync(join(backups, "photos"));
  symlinkSync("nightly", join(backups, "link"));
  for (const odd of ["Upper", "lost+found", "metadata-is-directory"]) mkdirSync(join(backups, odd));
  writeFileSync(join(backups, "Upper", "velero-backup.json"), "{}");
  mkdirSync(join(backups, "metadata-is-directory", "velero-backup.json"));
  assert.deepEqual(await store.list(signal), ["nightly"]);
});

test("files and read pass over links, and directories inside a backup", async () => {
  const root = temporaryDirectory();
  const store = createDirectoryStore(root);
  await publishBackup(store, "nightly");
  writeFileSync(join(root, "secret"), "secret");
  symlinkSync(join(root, "secret"), join(root, "backups", "nightly", "link"));
  mkdirSync(join(root, "backups", "nightly", "sub"));
  assert.deepEqual(await store.files("nightly", signal), [
    { name: "velero-backup.json", sizeBytes: 2 },
  ]);
  for (const file of ["link", "sub"]) {
    await assert.rejects(store.read("nightly", file, signal)[Symbol.asyncIterator]().next(), {
      code: "BackupNotFound",
    });
  }
});

test("delete neither follows a link in a backup's place nor removes a directory that is no backup", async () => {
  const root = temporaryDirectory();
  const store = createDirectoryStore(root);
  await publishBackup(store, "nightly");
  symlinkSync("nightly", join(root, "backups", "link"));
  mkdirSync(join(root, "backups", "photos"));
  writeFileSync(join(root, "backups", "photos", "cat.jpg"), "x");
  await store.delete("link", signal);
  await store.delete("photos", signal);
  assert.deepEqual(readdirSync(join(root, "backups")).toSorted(), ["link", "nightly", "photos"]);
  assert.deepEqual(readdirSync(join(root, "backups", "photos")), ["cat.jpg"]);
});

test("a link inside a backup is removed with it, and its target is not", async () => {
  const root = temporaryDirectory();
  const store = createDirectoryStore(root);
  await publishBackup(store, "nightly");
  mkdirSync(join(root, "elsewhere"));
  writeFileSync(join(root, "elsewhere", "file"), "x");
  symlinkSync(join(root, "elsewhere"), join(root, "backups", "nightly", "link"));
  await store.delete("nightly", signal);
  assert.deepEqual(readdirSync(join(root, "elsewhere")), ["file"]);
  assert.deepEqual(readdirSync(join(root, "backups")), []);
});

for (const kind of ["file", "link", "full directory"]) {
  test(`a ${kind} in the new backup's place is never replaced, at create nor at publish`, async () => {
    const root = temporaryDirectory();
    const store = createDirectoryStore(root);
    const writer = await store.create("nightly", signal);
    await writer.write("velero-backup.json", chunksOf("{}"));
    const place = join(root, "backups", "nightly");
    if (kind === "file") writeFileSync(place, "mine");
    if (kind === "link") symlinkSync(temporaryDirectory(), place);
    if (kind === "full directory") {
      mkdirSync(place);
      writeFileSync(join(place, "mine"), "mine");
    }
    await assert.rejects(writer.publish(), { code: "BackupExists" });
    await assert.rejects(store.create("nightly", signal), { code: "BackupExists" });
    await writer.discard();
    assert.deepEqual(readdirSync(join(root, "backups")), ["nightly"]);
    assert.deepEqual(await store.list(signal), []);
  });
}

test("a name whose files would be too long for a file system is refused at once", async () => {
  const store = createDirectoryStore(temporaryDirectory());
  await assert.rejects(store.create("a".repeat(221), signal), { code: "Usage", message: /220/ });
  await publishBackup(store, "a".repeat(220), {
    [`${"a".repeat(220)}-resource-list.json.gz`]: "x",
  });
  await store.delete("a".repeat(220), signal);
  assert.deepEqual(await store.list(signal), []);
});

test("leftovers of a day ago are removed by the next backup; younger ones and strangers' stay", async () => {
  const root = temporaryDirectory();
  const backups = join(root, "backups");
  const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 3600;
  const dead = ".dead.0123456789abcdef.partial";
  const growing = ".growing.0123456789abcdef.partial";
  const young = ".young.0123456789abcdef.partial";
  const strange = ".strange.partial";
  for (const name of [dead, growing, young, strange]) {
    mkdirSync(join(backups, name), { recursive: true });
    writeFileSync(join(backups, name, "contents"), "x");
    const isOld = name === dead || name === strange;
    if (isOld) utimesSync(join(backups, name, "contents"), twoDaysAgo, twoDaysAgo);
    if (name !== young) utimesSync(join(backups, name), twoDaysAgo, twoDaysAgo);
  }
  symlinkSync(strange, join(backups, ".link.0123456789abcdef.partial"));
  const store = createDirectoryStore(root);
  assert.deepEqual(await store.list(signal), []);
  await publishBackup(store, "nightly");
  assert.deepEqual(readdirSync(backups).toSorted(), [
    growing,
    ".link.0123456789abcdef.partial",
    strange,
    young,
    "nightly",
  ]);
});
