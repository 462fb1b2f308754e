import assert from "node:assert/strict";
import { existsSync, readdirSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createDirectoryStore } from "../../../../src/store/directory/directory-store.ts";
import type { OpenFile } from "../../../../src/store/directory/filesystem.ts";
import { textOf } from "../../../support/bytes.ts";
import { filesystemWith } from "../../../support/failing-filesystem.ts";
import { publishBackup } from "../../../support/publish-backup.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";

const signal = new AbortController().signal;
const contents = { "nightly.tar.gz": "contents ".repeat(300), "nightly-logs.gz": "log" };
const never = new Promise<never>(() => {});

/** Runs `action` until its operation number `stopAt` on the disk, which never happens, like everything after it. */
async function cutOff(
  root: string,
  stopAt: number,
  action: (store: ReturnType<typeof createDirectoryStore>) => Promise<void>,
): Promise<"cut off" | "finished"> {
  const stopped = Promise.withResolvers<"cut off">();
  const opened = new Set<OpenFile>();
  let operations = 0;
  const files = filesystemWith(() => {
    operations += 1;
    if (operations < stopAt) return undefined;
    stopped.resolve("cut off");
    return never;
  }, opened);
  const finished = action(createDirectoryStore(root, files)).then((): "finished" => "finished");
  const end = await Promise.race([finished, stopped.promise]);
  // A process that dies closes its files.
  for (const file of opened) await file.close();
  return end;
}

async function assertNoneOrWhole(root: string): Promise<readonly string[]> {
  const store = createDirectoryStore(root);
  const names = await store.list(signal);
  for (const name of names) {
    for (const [file, text] of Object.entries(contents)) {
      assert.equal(await textOf(store.read(name, file, signal)), text);
    }
  }
  return names;
}

/** This process is alive, so that only the time tells that the one that was cut off is not. */
function aMinuteLater(root: string): void {
  const claim = join(root, "backups", ".nightly.claim");
  const aMinuteAgo = Date.now() / 1000 - 61;
  for (const name of existsSync(claim) ? readdirSync(claim) : []) {
    utimesSync(join(claim, name), aMinuteAgo, aMinuteAgo);
  }
}

test("a backup that is cut off before any operation on the disk is not there or whole, and its name can be used a minute later", async () => {
  const seen = new Set<number>();
  for (let stopAt = 1; ; stopAt += 1) {
    const root = temporaryDirectory();
    const end = await cutOff(root, stopAt, (store) => publishBackup(store, "nightly", contents));
    const names = await assertNoneOrWhole(root);
    seen.add(names.length);
    if (end === "finished") break;
    aMinuteLater(root);
    if (names.length === 0) await publishBackup(createDirectoryStore(root), "nightly", contents);
    assert.deepEqual(await assertNoneOrWhole(root), ["nightly"]);
  }
  assert.deepEqual(seen, new Set([0, 1]));
});

test("a delete that is cut off leaves the whole backup or none, and can be repeated", async () => {
  const seen = new Set<number>();
  for (let stopAt = 1; ; stopAt += 1) {
    const root = temporaryDirectory();
    const store = createDirectoryStore(root);
    await publishBackup(store, "nightly", contents);
    const end = await cutOff(root, stopAt, (cut) => cut.delete("nightly", signal));
    seen.add((await assertNoneOrWhole(root)).length);
    await store.delete("nightly", signal);
    assert.deepEqual(await store.list(signal), []);
    if (end === "finished") break;
  }
  assert.deepEqual(seen, new Set([0, 1]));
});

test("what was written is on the disk before it gets its name, and the name after", async () => {
  const root = temporaryDirectory();
  const operations: string[] = [];
  const files = filesystemWith((operation, path) => {
    const place = path.replace(/\.nightly\.[0-9a-f]+\.partial/, "STAGING").slice(root.length + 1);
    operations.push(`${operation} ${place}`);
  });
  await publishBackup(createDirectoryStore(root, files), "nightly");
  const durable = operations.filter((line) => /^(write|sync|syncDirectory|rename) /.test(line));
  assert.deepEqual(durable.slice(-5), [
    "write backups/STAGING/velero-backup.json",
    "sync backups/STAGING/velero-backup.json",
    "syncDirectory backups/STAGING",
    "rename backups/STAGING",
    "syncDirectory backups",
  ]);
  assert.deepEqual(readdirSync(join(root, "backups")), ["nightly"]);
});
