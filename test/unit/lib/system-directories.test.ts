import assert from "node:assert/strict";
import { existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { makeDirectories } from "../../../src/lib/system-directories.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

test("all missing parents are made, for the owner only, and the first is named", async () => {
  const root = temporaryDirectory();
  assert.equal(await makeDirectories(join(root, "a/b/c"), 0o700), join(root, "a"));
  assert.equal(statSync(join(root, "a/b")).mode & 0o777, 0o700);
  assert.equal(await makeDirectories(join(root, "a/b/c"), 0o700), undefined);
  assert.equal(await makeDirectories(join(root, "a/b/d"), 0o700), join(root, "a/b/d"));
  assert.equal(await makeDirectories("/", 0o700), undefined);
});

test("a link to a directory is used, and what is no directory is an error", async () => {
  const root = temporaryDirectory();
  mkdirSync(join(root, "real"));
  symlinkSync(join(root, "real"), join(root, "link"));
  await makeDirectories(join(root, "link/x"), 0o700);
  assert.ok(existsSync(join(root, "real/x")));
  writeFileSync(join(root, "file"), "");
  symlinkSync(join(root, "nowhere"), join(root, "dangling"));
  await assert.rejects(makeDirectories(join(root, "file"), 0o700), { code: "EEXIST" });
  await assert.rejects(makeDirectories(join(root, "file/x"), 0o700), { code: "ENOTDIR" });
  await assert.rejects(makeDirectories(join(root, "dangling"), 0o700), { code: "EEXIST" });
});

test("of several that make the same directories at once all succeed", async () => {
  const path = join(temporaryDirectory(), "a/b/c");
  await Promise.all(Array.from({ length: 8 }, () => makeDirectories(path, 0o700)));
  assert.ok(existsSync(path));
});

test("a file system that lets nothing be made ends in an error", async (context) => {
  if (!existsSync("/proc/self")) return context.skip("needs /proc");
  await assert.rejects(makeDirectories("/proc/x/backups", 0o700), { code: "ENOENT" });
});
