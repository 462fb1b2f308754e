import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { createDirectoryStore } from "../../../../src/store/directory/directory-store.ts";
import { chunksOf, textOf } from "../../../support/bytes.ts";
import { filesystemWith, systemError } from "../../../support/failing-filesystem.ts";
import { publishBackup } from "../../../support/publish-backup.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";

const signal = new AbortController().signal;

const CASES = [
  ["ENOSPC", "write", /nightly\.tar\.gz: the disk is full/, /Free some space/],
  ["EDQUOT", "sync", /nightly\.tar\.gz: your disk quota is used up/, /Free some space/],
  ["EIO", "syncDirectory", /backups.*: the disk reports an error/, /Check the disk/],
  ["EACCES", "mkdir", /backups: permission denied/, /Check who owns/],
  ["EROFS", "makeParents", /backups: the file system is read-only/, /another place/],
  ["ENOSPC", "rename", /backups\/nightly: the disk is full/, /Free some space/],
  ["EMFILE", "createFile", /nightly\.tar\.gz: too many files are open/, /ulimit/],
] as const;

for (const [code, operation, message, hint] of CASES) {
  test(`${code} from ${operation} is StoreUnavailable with the path and what to do, and nothing is listed`, async () => {
    const root = temporaryDirectory();
    const files = filesystemWith((name, path) => {
      if (name === operation && !path.endsWith(".claim")) throw systemError(code);
    });
    const backup = publishBackup(createDirectoryStore(root, files), "nightly", {
      "nightly.tar.gz": "contents",
    });
    await assert.rejects(backup, { code: "StoreUnavailable", message, hint });
    assert.deepEqual(await createDirectoryStore(root).list(signal), []);
  });
}

test("a place where no directory can be made is StoreUnavailable, unless the caller has given up", async (context) => {
  if (!existsSync("/proc/self")) return context.skip("needs /proc");
  await assert.rejects(createDirectoryStore("/proc/x").create("nightly", signal), {
    code: "StoreUnavailable",
    message: /\/proc\/x.*none can be made/,
    hint: /--store/,
  });
  const caller = new AbortController();
  const files = filesystemWith((operation) => {
    if (operation === "makeParents") caller.abort();
  });
  const created = createDirectoryStore("/proc/x", files).create("nightly", caller.signal);
  await assert.rejects(created, { code: "Cancelled" });
});

test("an error while a file is read is StoreUnavailable in the middle of the iteration", async () => {
  const root = temporaryDirectory();
  await publishBackup(createDirectoryStore(root), "nightly", { large: "x".repeat(600_000) });
  let reads = 0;
  const files = filesystemWith((name) => {
    reads += name === "read" ? 1 : 0;
    if (name === "read" && reads === 2) throw systemError("EIO");
  });
  await assert.rejects(textOf(createDirectoryStore(root, files).read("nightly", "large", signal)), {
    code: "StoreUnavailable",
    message: /large: the disk reports an error/,
  });
});

test("a half-written file that cannot be removed is not published: once more at publish, else the backup is refused", async () => {
  const root = temporaryDirectory();
  let isStuck = true;
  const files = filesystemWith((name, path) => {
    if (name === "write" && path.endsWith("volume")) throw systemError("EIO");
    if (name === "remove" && path.endsWith("volume") && isStuck) throw systemError("EIO");
  });
  const writer = await createDirectoryStore(root, files).create("nightly", signal);
  await assert.rejects(writer.write("volume", chunksOf("half")), { code: "StoreUnavailable" });
  await writer.write("velero-backup.json", chunksOf("{}"));
  await assert.rejects(writer.publish(), { code: "StoreUnavailable" });
  isStuck = false;
  await writer.publish();
  const left = await createDirectoryStore(root).files("nightly", signal);
  assert.deepEqual(
    left.map((file) => file.name),
    ["velero-backup.json"],
  );
});

test("discard never throws, whatever the disk says", async () => {
  const files = filesystemWith((name) => {
    if (name === "remove") throw systemError("EIO");
  });
  const writer = await createDirectoryStore(temporaryDirectory(), files).create("nightly", signal);
  await writer.discard();
});

test("a root that is a file is StoreUnavailable for every call", async () => {
  const root = join(temporaryDirectory(), "file");
  writeFileSync(root, "x");
  const store = createDirectoryStore(root);
  const unavailable = { code: "StoreUnavailable", message: /not a directory/ };
  await assert.rejects(store.list(signal), unavailable);
  await assert.rejects(store.create("nightly", signal), unavailable);
});

test("a directory that its user may not read, or not write, is StoreUnavailable with who to ask", async () => {
  const root = temporaryDirectory();
  mkdirSync(join(root, "backups"));
  chmodSync(root, 0o755);
  const store = createDirectoryStore(root);
  const denied = { code: "StoreUnavailable", message: /permission denied/, hint: /Check who owns/ };
  await asOrdinaryUser(async () => {
    chmodAsOwner(join(root, "backups"), 0o000);
    await assert.rejects(store.list(signal), denied);
    chmodAsOwner(join(root, "backups"), 0o555);
    await assert.rejects(store.create("nightly", signal), denied);
  });
});

test("a full disk is StoreUnavailable, and discard gives the space back", async (context) => {
  const root = smallDisk(context);
  if (root === undefined) return context.skip("only root can make a small disk");
  const store = createDirectoryStore(root);
  const writer = await store.create("nightly", signal);
  const writing = writer.write(
    "nightly.tar.gz",
    chunksOf(...Array.from({ length: 20 }, () => Buffer.alloc(100_000))),
  );
  await assert.rejects(writing, { code: "StoreUnavailable", message: /disk is full/ });
  await writer.discard();
  assert.deepEqual(await store.list(signal), []);
  await publishBackup(store, "nightly", { "nightly.tar.gz": "x".repeat(500_000) });
  assert.deepEqual(await store.list(signal), ["nightly"]);
});

const NOBODY = 65_534;

async function asOrdinaryUser(action: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) return action();
  process.seteuid?.(NOBODY);
  try {
    return await action();
  } finally {
    process.seteuid?.(0);
  }
}

function chmodAsOwner(path: string, mode: number): void {
  const user = process.geteuid?.();
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(0);
  chmodSync(path, mode);
  if (isRoot && user !== undefined) process.seteuid?.(user);
}

function smallDisk(context: TestContext): string | undefined {
  const directory = mkdtempSync(join(tmpdir(), "kubectl-ark-test-"));
  const mount = spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "none", directory]);
  context.after(() => {
    if (mount.status === 0) spawnSync("umount", [directory]);
    rmSync(directory, { recursive: true });
  });
  return mount.status === 0 ? directory : undefined;
}
