import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { createDirectoryJournal } from "../../../../src/journal/directory/directory-journal.ts";
import type { Failpoint } from "../../../support/failing-filesystem.ts";
import { systemError } from "../../../support/failing-filesystem.ts";
import { journalFilesystemWith } from "../../../support/failing-journal-filesystem.ts";
import { aFreeze, runFacts } from "../../../support/journal-builders.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";

const failingJournal = (directory: string, failpoint: Failpoint) =>
  createDirectoryJournal(directory, journalFilesystemWith(failpoint));

async function openPods(directory: string): Promise<string[]> {
  const { entries, problems } = await createDirectoryJournal(directory).entries();
  assert.deepEqual(problems, []);
  return entries.map(({ pod }) => pod);
}

suite("a disk that fails", () => {
  for (const operation of [
    "makeDirectory",
    "modeOf",
    "createFile",
    "write",
    "sync",
    "syncDirectory",
  ]) {
    test(`at ${operation} refuses to open the journal, and leaves nothing behind`, async () => {
      const directory = temporaryDirectory();
      const journal = failingJournal(directory, (name) => {
        if (name === operation) throw systemError("ENOSPC");
      });
      await assert.rejects(journal.open(runFacts()), {
        code: "JournalUnavailable",
        message: /the disk is full/,
        hint: /XDG_STATE_HOME/,
      });
      assert.deepEqual(await openPods(directory), []);
    });
  }

  for (const operation of ["write", "sync"]) {
    test(`at ${operation} refuses to note a pod, and what was noted before and comes after counts`, async () => {
      const directory = temporaryDirectory();
      let writes = 0;
      let isFull = false;
      const journal = failingJournal(directory, (name) => {
        if (!isFull || name !== operation) return;
        writes += 1;
        // In the middle of a line: a part of it is on the disk.
        if (operation === "sync" || writes > 1) throw systemError("ENOSPC");
      });
      const run = await journal.open(runFacts());
      const first = await run.freezing(aFreeze({ pod: "first" }));
      isFull = true;
      const refused = { code: "JournalUnavailable", message: /the disk is full/ };
      await assert.rejects(run.freezing(aFreeze({ pod: "refused" })), refused);
      writes = -100;
      isFull = false;
      await run.freezing(aFreeze({ pod: "second" }));
      assert.ok((await openPods(directory)).includes("first"));
      await run.thawed(first);
      await run.close();
      const left = await openPods(directory);
      assert.ok(left.includes("second") && !left.includes("first"));
      // Its line may have reached the disk whole before the sync failed; it was never frozen all the same.
      if (operation === "write") assert.deepEqual(left, ["second"]);
    });
  }

  test("an entry whose thaw cannot be noted stays open", async () => {
    const directory = temporaryDirectory();
    let isFull = false;
    const journal = failingJournal(directory, (name) => {
      if (isFull && name === "write") throw systemError("EIO");
    });
    const run = await journal.open(runFacts());
    const id = await run.freezing(aFreeze());
    isFull = true;
    await assert.rejects(run.thawed(id), { code: "JournalUnavailable" });
    await assert.rejects(journal.closeEntry(id, "x"), { code: "JournalUnavailable" });
    await run.close();
    assert.deepEqual(await openPods(directory), ["db-0"]);
  });

  test("a pod counts as noted only once the disk has it", async () => {
    const directory = temporaryDirectory();
    const syncing = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    let isHeld = false;
    const journal = failingJournal(directory, (name) => {
      if (!isHeld || name !== "sync") return undefined;
      reached.resolve();
      return syncing.promise;
    });
    const run = await journal.open(runFacts());
    isHeld = true;
    let isNoted = false;
    const noting = run.freezing(aFreeze()).then(() => (isNoted = true));
    await reached.promise;
    await new Promise(setImmediate);
    assert.equal(isNoted, false);
    syncing.resolve();
    await noting;
    isHeld = false;
    await run.close();
  });
});

const name = (n: number): string => `20260102T030405Z-1-0000000${n}.jsonl`;

async function problemsOf(make: (directory: string) => void): Promise<string[]> {
  const directory = temporaryDirectory();
  make(directory);
  const { entries, problems } = await createDirectoryJournal(directory).entries();
  assert.deepEqual(entries, []);
  return problems.map(({ message }) => message);
}

suite("what is in the journal's directory", () => {
  test("a link, a directory, a FIFO or a huge file in place of a run's is a problem, and others still count", async () => {
    const directory = temporaryDirectory();
    const run = await createDirectoryJournal(directory).open(runFacts());
    await run.freezing(aFreeze());
    await run.close();
    symlinkSync("/etc/hostname", join(directory, name(1)));
    mkdirSync(join(directory, name(2)));
    execFileSync("mkfifo", ["-m", "600", join(directory, name(3))]);
    writeFileSync(join(directory, name(4)), "", { mode: 0o600 });
    truncateSync(join(directory, name(4)), 100 * 1024 * 1024);
    const { entries, problems } = await createDirectoryJournal(directory).entries();
    assert.equal(entries.length, 1);
    assert.deepEqual(
      problems.map(({ message }) => message),
      [
        "it cannot be read: it is a symbolic link",
        "it is no ordinary file",
        "it is no ordinary file",
        "it is too large for a journal (104857600 bytes)",
      ],
    );
    assert.ok(problems.every(({ path }) => path.startsWith(directory)));
  });

  test("60 MB of garbage in one line are read and refused", async () => {
    const problems = await problemsOf((directory) => {
      writeFileSync(join(directory, name(1)), `${"x".repeat(60e6)}\n`, { mode: 0o600 });
    });
    assert.deepEqual(problems, ["line 1 cannot be read"]);
  });

  test("a file that others may write to is not read: what it says would be run", async () => {
    const problems = await problemsOf((directory) => {
      writeFileSync(join(directory, name(1)), "x\n");
      chmodSync(join(directory, name(1)), 0o666);
    });
    assert.deepEqual(problems, ["others may write to it"]);
  });

  test("files of other names are none of ours", async () => {
    assert.deepEqual(
      await problemsOf((directory) => writeFileSync(join(directory, "notes.txt"), "x\n")),
      [],
    );
  });

  test("a directory that others may write to is refused with the remedy", async () => {
    const directory = temporaryDirectory();
    chmodSync(directory, 0o777);
    await assert.rejects(createDirectoryJournal(directory).open(runFacts()), {
      code: "JournalUnavailable",
      hint: /chmod 700/,
    });
  });

  test("a file in place of the directory is an error of its own, for writing and reading", async () => {
    const path = join(temporaryDirectory(), "journal");
    writeFileSync(path, "");
    const unavailable = { code: "JournalUnavailable" };
    await assert.rejects(createDirectoryJournal(path).open(runFacts()), unavailable);
    await assert.rejects(createDirectoryJournal(path).entries(), unavailable);
  });

  test("a run of another host is listed as unknown, and a run of another version is not touched", async () => {
    const directory = temporaryDirectory();
    const run = await createDirectoryJournal(directory).open(runFacts());
    await run.freezing(aFreeze());
    await run.close();
    const [file = ""] = readdirSync(directory);
    const text = readFileSync(join(directory, file), "utf8");
    const elsewhere = text.replace(/"host":"[^"]*"/, '"host":"other"');
    writeFileSync(join(directory, file), elsewhere);
    const newer = text.replace('"version":1', '"version":9');
    writeFileSync(join(directory, name(1)), newer, { mode: 0o600 });
    const journal = createDirectoryJournal(directory);
    const { entries, problems } = await journal.entries();
    assert.deepEqual(entries[0]?.owner, { host: "other", pid: process.pid, state: "unknown" });
    assert.match(problems[0]?.message ?? "", /another version/);
    await journal.closeEntry(entries[0]?.id ?? "", "forced");
    await (await journal.open(runFacts())).close();
    assert.deepEqual(readdirSync(directory).toSorted(), [name(1), file].toSorted());
    assert.equal(readFileSync(join(directory, name(1)), "utf8"), newer);
  });
});
