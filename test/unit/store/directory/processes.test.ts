import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { createDirectoryStore } from "../../../../src/store/directory/directory-store.ts";
import { textOf } from "../../../support/bytes.ts";
import { publishBackup } from "../../../support/publish-backup.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";

const signal = new AbortController().signal;
const program = fileURLToPath(new URL("../../../support/store-process.ts", import.meta.url));

type Child = ChildProcessByStdio<Writable, Readable, null>;

function start(...args: readonly string[]): { child: Child; lines: AsyncIterator<string> } {
  const child = spawn(process.execPath, [program, ...args], { stdio: ["pipe", "pipe", "inherit"] });
  // A child that is killed before it reads is no failure of the test.
  child.stdin.on("error", () => {});
  return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() };
}

test("of two processes that start on one name at once exactly one writes, and the other learns of it at create", async () => {
  const root = temporaryDirectory();
  const writers = ["first", "second"].map((text) => ({ text, ...start(root, "nightly", text) }));
  const said = await Promise.all(writers.map(async ({ lines }) => (await lines.next()).value));
  assert.deepEqual(new Set(said), new Set(["exists", "ready"]));
  const winner = writers[said.indexOf("ready")];
  winner?.child.stdin.write("go\n");
  assert.equal((await winner?.lines.next())?.value, "published");
  const store = createDirectoryStore(root);
  assert.equal(await textOf(store.read("nightly", "who", signal)), winner?.text);
});

test("a process that is killed with -9 at any stage of writing leaves no backup, and the name can be used", async () => {
  const stages = ["createFile", "write", "sync", "rename"];
  await Promise.all(
    stages.map(async (stage) => {
      const root = temporaryDirectory();
      const { child } = start(root, "nightly", "text", stage);
      child.stdin.write("go\n");
      const [, killedBy] = await once(child, "close");
      assert.equal(killedBy, "SIGKILL", stage);
      const store = createDirectoryStore(root);
      assert.deepEqual(await store.list(signal), [], stage);
      await publishBackup(store, "nightly");
    }),
  );
});
