import assert from "node:assert/strict";
import { test } from "node:test";
import { ArkError } from "../../src/lib/errors.ts";
import type { BackupStore } from "../../src/store/backup-store.ts";
import { bytesOf, chunksOf, textOf } from "./bytes.ts";
import { publishBackup, writeFiles } from "./publish-backup.ts";

const signal = new AbortController().signal;

/** Registers the tests of the BackupStore contract for one kind of store; `open` gives an empty one. */
export function testBackupStore(kind: string, open: () => BackupStore): void {
  testWriting(kind, open);
  testReading(kind, open);
  testNames(kind, open);
}

function testWriting(kind: string, open: () => BackupStore): void {
  test(`${kind}: a backup is listed and read only once it is published`, async () => {
    const store = open();
    const writer = await store.create("nightly", signal);
    await writeFiles(writer, { "nightly.tar.gz": "contents" });
    assert.deepEqual(await store.list(signal), []);
    await assert.rejects(textOf(store.read("nightly", "nightly.tar.gz", signal)), {
      code: "BackupNotFound",
    });
    await assert.rejects(store.files("nightly", signal), { code: "BackupNotFound" });
    await writer.publish();
    assert.deepEqual(await store.list(signal), ["nightly"]);
    assert.equal(await textOf(store.read("nightly", "nightly.tar.gz", signal)), "contents");
  });

  test(`${kind}: a second backup of the same name is refused at create and changes nothing`, async () => {
    const store = open();
    await publishBackup(store, "nightly", { a: "first" });
    await assert.rejects(store.create("nightly", signal), { code: "BackupExists" });
    assert.equal(await textOf(store.read("nightly", "a", signal)), "first");
  });

  test(`${kind}: of two backups that are written side by side under one name exactly one is published`, async () => {
    const store = open();
    const write = async (who: string): Promise<string> => {
      const writer = await store.create("nightly", signal);
      try {
        await writeFiles(writer, { who });
        await writer.publish();
        return who;
      } finally {
        await writer.discard();
      }
    };
    const results = await Promise.allSettled([write("first"), write("second")]);
    const [winner, ...others] = results.flatMap((end) =>
      end.status === "fulfilled" ? [end.value] : [],
    );
    const [lost] = results.flatMap((end): unknown[] =>
      end.status === "rejected" ? [end.reason] : [],
    );
    assert.ok(lost instanceof ArkError);
    assert.deepEqual([lost.code, others], ["BackupExists", []]);
    assert.equal(await textOf(store.read("nightly", "who", signal)), winner);
  });

  test(`${kind}: a discarded backup leaves nothing, and its name is free again`, async () => {
    const store = open();
    const writer = await store.create("nightly", signal);
    await writeFiles(writer);
    await writer.discard();
    await writer.discard();
    assert.deepEqual(await store.list(signal), []);
    await assert.rejects(writer.publish(), { code: "Internal" });
    await publishBackup(store, "nightly");
    assert.deepEqual(await store.list(signal), ["nightly"]);
  });

  test(`${kind}: discard after publish removes nothing`, async () => {
    const store = open();
    const writer = await store.create("nightly", signal);
    await writeFiles(writer);
    await writer.publish();
    await writer.discard();
    assert.deepEqual(await store.list(signal), ["nightly"]);
  });

  test(`${kind}: a failure of the content comes through, and what was written of the file is not kept`, async () => {
    const store = open();
    const writer = await store.create("nightly", signal);
    const failure = new Error("the cluster is gone");
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(10);
      throw failure;
    }
    await assert.rejects(writer.write("nightly.tar.gz", failing()), failure);
    await writeFiles(writer);
    await writer.publish();
    assert.deepEqual(await store.files("nightly", signal), [
      { name: "velero-backup.json", sizeBytes: 2 },
    ]);
  });

  test(`${kind}: a refused write ends its content, even unread, so that whoever fills it does not wait`, async () => {
    const writer = await open().create("nightly", signal);
    await writer.write("log", chunksOf("first"));
    let ended = false;
    const content: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({
        next: () => Promise.reject(new Error("must not be read")),
        return: async () => {
          ended = true;
          return { done: true, value: undefined };
        },
      }),
    };
    await assert.rejects(writer.write("log", content), { code: "Internal", message: /twice/ });
    assert.ok(ended);
  });

  test(`${kind}: a backup is not published without its metadata, nor while a file is being written`, async () => {
    const writer = await open().create("nightly", signal);
    await writer.write("log", chunksOf("text"));
    await assert.rejects(writer.publish(), { code: "Internal", message: /velero-backup\.json/ });
    await writer.write("velero-backup.json", chunksOf("{}"));
    const gate = Promise.withResolvers<void>();
    async function* slow(): AsyncGenerator<Uint8Array> {
      await gate.promise;
      yield new Uint8Array(1);
    }
    const writing = writer.write("contents", slow());
    await assert.rejects(writer.publish(), { code: "Internal", message: /being written/ });
    gate.resolve();
    await writing;
    await writer.publish();
  });
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
