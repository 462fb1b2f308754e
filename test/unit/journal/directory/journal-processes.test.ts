import assert from "node:assert/strict";
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { suite, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createDirectoryJournal } from "../../../../src/journal/directory/directory-journal.ts";
import { runFacts } from "../../../support/journal-builders.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";

const program = fileURLToPath(new URL("../../../support/journal-process.ts", import.meta.url));

type Writer = {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  readonly lines: AsyncIterator<string>;
  said(word: string): Promise<void>;
};

function start(directory: string, ...args: readonly string[]): Writer {
  const words = [program, directory, ...args];
  const child = spawn(process.execPath, words, { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.on("error", () => {});
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    child,
    lines,
    said: async (word) => assert.equal((await lines.next()).value, word),
  };
}

async function kill({ child }: Writer): Promise<void> {
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
}

async function finish(writer: Writer): Promise<void> {
  const closed = once(writer.child, "close");
  writer.child.stdin.write("go\n");
  await writer.said("done");
  await closed;
}

async function openPods(directory: string): Promise<string[]> {
  const { entries, problems } = await createDirectoryJournal(directory).entries();
  assert.deepEqual(problems, []);
  return entries.map(({ pod, owner }) => `${pod} ${owner.state}`).toSorted();
}

suite("a journal of several processes", () => {
  test("writers side by side keep apart, and each is alive until it ends", async () => {
    const directory = temporaryDirectory();
    const writers = ["a", "b", "c"].map((backup) => start(directory, backup, "2"));
    await Promise.all(writers.map((writer) => writer.said("frozen")));
    assert.equal(readdirSync(directory).length, 3);
    const all = ["a-0", "a-1", "b-0", "b-1", "c-0", "c-1"];
    assert.deepEqual(
      await openPods(directory),
      all.map((pod) => `${pod} alive`),
    );
    await Promise.all(writers.map(finish));
    assert.deepEqual(await openPods(directory), ["a-1 gone", "b-1 gone", "c-1 gone"]);
  });

  test("a process that is killed with -9 in mid-freeze leaves an open entry of a run that is gone", async () => {
    const directory = temporaryDirectory();
    const writer = start(directory, "a", "1");
    await writer.said("frozen");
    await kill(writer);
    const journal = createDirectoryJournal(directory);
    const [entry] = (await journal.entries()).entries;
    assert.deepEqual([entry?.owner.state, entry?.owner.pid], ["gone", writer.child.pid]);
    await journal.closeEntry(entry?.id ?? "", "thawed");
    assert.deepEqual(readdirSync(directory), [], "nothing is left of a run that is over");
  });

  test("a process that is killed at any operation leaves what it noted, and never a problem", async () => {
    const stages = Array.from({ length: 14 }, (_, index) => String(index + 1));
    await Promise.all(
      stages.map(async (stage) => {
        const directory = temporaryDirectory();
        const writer = start(directory, "a", "1", stage);
        const closed = once(writer.child, "close");
        const first = await writer.lines.next();
        if (first.value === "frozen") await kill(writer);
        else await closed;
        const pods = await openPods(directory);
        if (first.value === "frozen") assert.deepEqual(pods, ["a-0 gone"], stage);
        else assert.ok(pods.length === 0 || pods[0] === "a-0 gone", stage);
      }),
    );
  });

  test("a later run removes what is over, and keeps what is open or still goes on", async () => {
    const directory = temporaryDirectory();
    const [over, left, alive] = ["a", "b", "c"].map((backup) => start(directory, backup, "1"));
    assert.ok(over && left && alive);
    await Promise.all([over, left, alive].map((writer) => writer.said("frozen")));
    await Promise.all([kill(over), kill(left)]);
    const journal = createDirectoryJournal(directory);
    const { entries } = await journal.entries();
    // Closed in a file that must stay for now: as if the closing process had died before it removed it.
    const open = entries.find(({ backup }) => backup === "a");
    const names = readdirSync(directory);
    await journal.closeEntry(open?.id ?? "", "thawed");
    const run = await journal.open(runFacts({ backup: "d" }));
    await run.close();
    assert.deepEqual(
      readdirSync(directory).length,
      names.length - 1,
      "the run that is over is gone, the new one too",
    );
    await finish(alive);
    assert.deepEqual(await openPods(directory), ["b-0 gone", "c-0 gone"]);
  });

  test("the directory and its files are for the owner only", async () => {
    const directory = `${temporaryDirectory()}/a/b`;
    const run = await createDirectoryJournal(directory).open(runFacts());
    const [name = ""] = readdirSync(directory);
    assert.equal(statSync(directory).mode & 0o777, 0o700);
    assert.equal(statSync(`${directory}/${name}`).mode & 0o777, 0o600);
    assert.match(name, /^\d{8}T\d{6}Z-\d+-[0-9a-f]{8}\.jsonl$/);
    await run.close();
    mkdirSync(`${directory}/other`);
    assert.deepEqual(readdirSync(directory), ["other"]);
  });
});
