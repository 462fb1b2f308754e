import assert from "node:assert/strict";
import { test } from "node:test";
import type { BackupStore } from "../../src/store/backup-store.ts";
import { bytesOf, chunksOf, textOf } from "./bytes.ts";
import { publishBackup } from "./publish-backup.ts";
import { testStoreWriting } from "./store-suite-writing.ts";

const signal = new AbortController().signal;

/** Registers the tests of the BackupStore contract for one kind of store; `open` gives an empty one. */
export function testBackupStore(kind: string, open: () => BackupStore): void {
  testStoreWriting(kind, open);
  testReading(kind, open);
  testNames(kind, open);
}

function testReading(kind: string, open: () => BackupStore): void {
  test(`${kind}: an empty store lists nothing, and deleting from it succeeds`, async () => {
    const store = open();
    assert.deepEqual(await store.list(signal), []);
    await store.delete("nightly", signal);
  });

  test(`${kind}: files written side by side are whole, sorted by name and of the right size`, async () => {
    const store = open();
    const writer = await store.create("nightly", signal);
    const large = Buffer.alloc(700_000, "0123456789");
    await Promise.all([
      writer.write("velero-backup.json", chunksOf("{", "}")),
      writer.write("nightly.tar.gz", chunksOf(large.subarray(0, 1), large.subarray(1))),
      writer.write("empty", chunksOf()),
    ]);
    await writer.publish();
    assert.deepEqual(await store.files("nightly", signal), [
      { name: "empty", sizeBytes: 0 },
      { name: "nightly.tar.gz", sizeBytes: 700_000 },
      { name: "velero-backup.json", sizeBytes: 2 },
    ]);
    assert.ok(large.equals(await bytesOf(store.read("nightly", "nightly.tar.gz", signal))));
    assert.equal(await textOf(store.read("nightly", "empty", signal)), "");
  });

  test(`${kind}: backups are listed in order of their names`, async () => {
    const store = open();
    for (const name of ["b", "a.10", "a-1"]) await publishBackup(store, name);
    assert.deepEqual(await store.list(signal), ["a-1", "a.10", "b"]);
  });

  test(`${kind}: a deleted backup is gone, deleting it again succeeds, and others stay`, async () => {
    const store = open();
    await publishBackup(store, "nightly");
    await publishBackup(store, "weekly");
    await store.delete("nightly", signal);
    await store.delete("nightly", signal);
    assert.deepEqual(await store.list(signal), ["weekly"]);
    await assert.rejects(store.files("nightly", signal), {
      code: "BackupNotFound",
      message: /nightly/,
    });
  });

  test(`${kind}: a file that is not in the backup is BackupNotFound and named`, async () => {
    const store = open();
    await publishBackup(store, "nightly");
    await assert.rejects(textOf(store.read("nightly", "weekly-logs.gz", signal)), {
      code: "BackupNotFound",
      message: /weekly-logs\.gz/,
    });
  });

  test(`${kind}: an aborted signal stops every call, and a read in the middle`, async () => {
    const store = open();
    await publishBackup(store, "nightly", { large: "x".repeat(1_000_000) });
    const aborted = AbortSignal.abort();
    const cancelled = { code: "Cancelled" };
    await assert.rejects(store.list(aborted), cancelled);
    await assert.rejects(store.create("weekly", aborted), cancelled);
    await assert.rejects(store.files("nightly", aborted), cancelled);
    await assert.rejects(store.delete("nightly", aborted), cancelled);
    const controller = new AbortController();
    await assert.rejects(async () => {
      for await (const _ of store.read("nightly", "large", controller.signal)) controller.abort();
    }, cancelled);
    assert.deepEqual(await store.list(signal), ["nightly"]);
  });
}

function testNames(kind: string, open: () => BackupStore): void {
  const hostile = [
    "",
    ".",
    "..",
    "../x",
    "a/b",
    "/etc",
    "A",
    "a\0",
    "a\\b",
    ".hidden",
    "a".repeat(254),
  ];

  for (const name of hostile) {
    test(`${kind}: the backup name ${JSON.stringify(name.slice(0, 9))} is refused before anything is touched`, async () => {
      const store = open();
      const usage = { code: "Usage" };
      await assert.rejects(store.create(name, signal), usage);
      await assert.rejects(store.files(name, signal), usage);
      await assert.rejects(store.delete(name, signal), usage);
      await assert.rejects(textOf(store.read(name, "velero-backup.json", signal)), usage);
    });
  }

  test(`${kind}: a file name that leads elsewhere is refused for writing and for reading`, async () => {
    const store = open();
    await publishBackup(store, "nightly");
    const writer = await store.create("weekly", signal);
    for (const file of ["", "..", "../nightly/x", "a/b", "a\\b", ".x", "a\0", "x".repeat(256)]) {
      await assert.rejects(writer.write(file, chunksOf("x")), { code: "Usage" });
      await assert.rejects(textOf(store.read("nightly", file, signal)), { code: "Usage" });
    }
    await writer.discard();
  });
}
