import assert from "node:assert/strict";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { inspectJournal, inspectStore } from "../../../../src/cli/compose.ts";
import { judgeJournal, judgeStore } from "../../../../src/cli/doctor/check-places.ts";
import type { FreezeJournal, JournalListing } from "../../../../src/journal/freeze-journal.ts";
import { capturedContext } from "../../../support/captured-context.ts";
import { anEntry } from "../../../support/journal-builders.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";

const never = new AbortController().signal;

async function place(prepare: (directory: string) => void = () => {}) {
  const directory = temporaryDirectory();
  prepare(directory);
  return inspectStore(join(directory, "store"), capturedContext({ home: directory }));
}

suite("store", () => {
  test("one that has yet to be made is well, and is not made", async () => {
    const found = await place();
    const { status, message } = await judgeStore({ ...found, freeBytes: 5e9 }, never);
    assert.equal(status, "ok");
    assert.match(
      message,
      /^file:\/\/\/.*\/store can be written, 4\.7 GiB free, the directory will/,
    );
    assert.throws(() => statSync(join(found.path, "..")), { code: "ENOENT" });
  });

  test("where something else is in the way it is a failure with a hint", async () => {
    const found = await place((directory) => writeFileSync(join(directory, "store"), "a file"));
    const { status, message, hint } = await judgeStore(found, never);
    assert.equal(status, "fail");
    assert.match(message, /not a directory/);
    assert.match(hint ?? "", /--store/);
  });

  test("others who may look into it are a warning with the command", async () => {
    const found = await place((directory) => {
      mkdirSync(join(directory, "store/backups"), { recursive: true, mode: 0o755 });
    });
    const { status, message, hint } = await judgeStore(found, never);
    assert.equal(status, "warn");
    assert.match(message, /0 backups.*others may look into it/);
    assert.equal(hint, `Run: chmod 700 '${found.path}'`);
  });

  test("little space is a warning, next to none a failure, unknown space neither", async () => {
    const found = await place();
    const statusAt = async (freeBytes: number | undefined) =>
      (await judgeStore({ ...found, freeBytes, isInMemory: false }, never)).status;
    assert.equal(await statusAt(0), "fail");
    assert.equal(await statusAt(100 * 2 ** 20), "warn");
    assert.equal(await statusAt(2 ** 31), "ok");
    assert.equal(await statusAt(undefined), "ok");
  });

  test("a place in memory is a warning", async () => {
    const verdict = await judgeStore({ ...(await place()), isInMemory: true }, never);
    assert.equal(verdict.status, "warn");
    assert.match(verdict.message, /in memory/);
  });
});

function journalWith(
  listing: Partial<JournalListing>,
): Pick<FreezeJournal, "entries" | "location"> {
  return { location: "/state", entries: async () => ({ entries: [], problems: [], ...listing }) };
}

async function judge(listing: Partial<JournalListing>, server?: string) {
  const inspected = await inspectJournal(capturedContext({ home: temporaryDirectory() }));
  const journal = Object.assign(inspected.journal, journalWith(listing));
  return judgeJournal({ problem: undefined, journal }, server);
}

suite("journal", () => {
  const entry = anEntry({ state: "gone" });

  test("a new one can be written", async () => {
    const found = await inspectJournal(capturedContext({ home: temporaryDirectory() }));
    const { status, message } = await judgeJournal(found, undefined);
    assert.equal(status, "ok");
    assert.match(message, /kubectl-ark\/journal can be written$/);
  });

  test("one that cannot be written means that nothing may be frozen", async () => {
    const home = temporaryDirectory();
    writeFileSync(join(home, ".local"), "a file");
    const verdict = await judgeJournal(await inspectJournal(capturedContext({ home })), undefined);
    assert.equal(verdict.status, "fail");
    assert.match(verdict.message, /journal of freezes cannot be used/);
  });

  test("a pod that a dead run may have left frozen is a warning with the command", async () => {
    const { status, message, hint } = await judge({ entries: [entry] }, entry.server);
    assert.equal(status, "warn");
    assert.match(message, new RegExp(`1 pod may still be frozen: ${entry.namespace}/${entry.pod}`));
    assert.match(hint ?? "", /hooks thaw --all/);
  });

  test("pods of another cluster, and of a run that goes on, are not", async () => {
    assert.equal((await judge({ entries: [entry] }, "https://elsewhere")).status, "ok");
    assert.equal(
      (await judge({ entries: [anEntry({ state: "alive" })] }, entry.server)).status,
      "ok",
    );
  });

  test("a file that cannot be read is named", async () => {
    const problems = [{ path: "/state/x.jsonl", message: "line 1 is torn" }];
    const { status, message } = await judge({ problems });
    assert.equal(status, "warn");
    assert.match(message, /\/state\/x\.jsonl: line 1 is torn/);
  });
});
