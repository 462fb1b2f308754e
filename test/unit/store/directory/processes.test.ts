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

test("of two processes that write one name exactly one publishes, and the other learns that it exists", async () => {
  const root = temporaryDirectory();
  const writers = ["first", "second"].map((text) => start(root, "nightly", text));
  const ready = await Promise.all(writers.map(({ lines }) => lines.next()));
  assert.deepEqual(
    ready.map(({ value }) => value),
    ["ready", "ready"],
  );
  for (const { child } of writers) child.stdin.write("go\n");
  const ends = await Promise.all(writers.map(async ({ lines }) => (await lines.next()).value));
  assert.deepEqual(new Set(ends), new Set(["exists", "published"]));
  const winner = ends[0] === "published" ? "first" : "second";
  const store = createDirectoryStore(root);
  assert.equal(await textOf(store.read("nightly", "who", signal)), winner);
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
