import assert from "node:assert/strict";
import { test } from "node:test";
import { readArchive } from "../../../src/archive/archive-reader.ts";
import { type ArchiveWriter, createArchiveWriter } from "../../../src/archive/archive-writer.ts";
import { hashing } from "../../../src/archive/checksums.ts";
import type { BackupStore } from "../../../src/store/backup-store.ts";
import { createDirectoryStore } from "../../../src/store/directory/directory-store.ts";
import { allOf, chunksOf } from "../../support/bytes.ts";
import { filesystemWith, systemError } from "../../support/failing-filesystem.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

const signal = new AbortController().signal;

async function fill(archive: ArchiveWriter): Promise<void> {
  for (let index = 0; index < 2000; index += 1) {
    archive.add(`resources/pods/cluster/p${index}.json`, new Uint8Array(2000).fill(index));
    await archive.drained();
  }
  await archive.end();
}

/** An archive that is hashed and stored while it is written. */
async function backUp(store: BackupStore): Promise<{
  stored: PromiseSettledResult<void>;
  filled: PromiseSettledResult<void>;
  sha256: string;
}> {
  const writer = await store.create("nightly", signal);
  const archive = createArchiveWriter({ mtime: new Date(0) });
  const hashed = hashing(archive.output);
  const [stored, filled] = await Promise.allSettled([
    writer.write("nightly.tar.gz", hashed.content),
    fill(archive),
  ]);
  if (stored.status === "rejected") {
    await writer.discard();
    return { stored, filled, sha256: "" };
  }
  await writer.write("velero-backup.json", chunksOf("{}"));
  await writer.publish();
  return { stored, filled, sha256: hashed.digest().sha256 };
}

test("an archive that was stored while it was written is read back with the same checksum", async () => {
  const store = createDirectoryStore(temporaryDirectory());
  const { sha256 } = await backUp(store);
  const hashed = hashing(store.read("nightly", "nightly.tar.gz", signal));
  const entries = await allOf(readArchive(hashed.content));
  assert.equal(entries.length, 2001);
  assert.equal(hashed.digest().sha256, sha256);
});

for (const operation of ["createFile", "write", "sync"]) {
  test(`when ${operation} fails in the store, filling the archive ends and does not wait for ever`, async () => {
    const root = temporaryDirectory();
    const files = filesystemWith((name) => {
      if (name === operation) throw systemError("ENOSPC");
    });
    const { stored, filled } = await backUp(createDirectoryStore(root, files));
    assert.ok(stored.status === "rejected");
    assert.match(String(stored.reason), /the disk is full/);
    assert.equal(filled.status, operation === "sync" ? "fulfilled" : "rejected");
    assert.deepEqual(await createDirectoryStore(root).list(signal), []);
  });
}
