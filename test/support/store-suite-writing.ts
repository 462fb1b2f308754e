import assert from "node:assert/strict";
import { test } from "node:test";
import { ArkError } from "../../src/lib/errors.ts";
import type { BackupStore } from "../../src/store/backup-store.ts";
import { chunksOf, textOf } from "./bytes.ts";
import { publishBackup, writeFiles } from "./publish-backup.ts";

const signal = new AbortController().signal;

/** The part of the BackupStore contract that is about writing, publishing and discarding. */
export function testStoreWriting(kind: string, open: () => BackupStore): void {
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

  test(`${kind}: a file whose content has failed may be written again, and others written meanwhile are whole`, async () => {
    const store = open();
    const writer = await store.create("nightly", signal);
    const gate = Promise.withResolvers<void>();
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("half of it");
      await gate.promise;
      throw new Error("the copy failed");
    }
    const [failed] = await Promise.allSettled([
      writer.write("volume", failing()),
      writer.write("nightly.tar.gz", chunksOf("contents")).then(gate.resolve),
    ]);
    assert.equal(failed.status, "rejected");
    await writer.write("volume", chunksOf("whole"));
    await writeFiles(writer);
    await writer.publish();
    assert.equal(await textOf(store.read("nightly", "volume", signal)), "whole");
    assert.equal(await textOf(store.read("nightly", "nightly.tar.gz", signal)), "contents");
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
