import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { JournalRun } from "../../../src/journal/freeze-journal.ts";
import { takeBackup } from "../../support/backup-builders.ts";
import { namespace } from "../../support/builders.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import {
  both,
  FailingJournal,
  full,
  hooked,
  objects,
  recording,
  request,
} from "../../support/journalled-backup.ts";
import { MemoryJournal } from "../../support/memory-journal.ts";
import { MemoryStore } from "../../support/memory-store.ts";

suite("a journal that cannot be written", () => {
  const unavailable = { code: "JournalUnavailable" };

  test("stops the run before any hook, also before hooks that need no note, and nothing is stored", async () => {
    const journal = new FailingJournal("open", full);
    const store = new MemoryStore();
    const many = [...objects, hooked("a", { post: "first" })];
    const exec = recording(journal);
    await assert.rejects(takeBackup({ objects: many, journal, store, exec }), unavailable);
    assert.deepEqual([journal.history, await store.list(new AbortController().signal)], [[], []]);
  });

  test("stops the run before the pod's hooks; a pod of the block that is frozen already is thawed", async () => {
    let notes = 0;
    class FullAtTheSecond extends MemoryJournal {
      override async open(...facts: Parameters<MemoryJournal["open"]>): Promise<JournalRun> {
        const run = await super.open(...facts);
        return {
          ...run,
          freezing: (freeze) => ((notes += 1) === 2 ? full() : run.freezing(freeze)),
        };
      }
    }
    const journal = new FullAtTheSecond();
    const shared = [namespace("shop"), hooked("a", both, "data"), hooked("b", both, "data")];
    const exec = recording(journal);
    await assert.rejects(takeBackup({ objects: shared, journal, request, exec }), unavailable);
    assert.deepEqual(
      journal.history.filter((line) => line.startsWith("exec")),
      ["exec freeze in a", "exec thaw in a"],
    );
    assert.deepEqual((await journal.entries()).entries, []);
  });

  test("a disk that does not answer is not waited for longer than 10 s, and no timer is left", async () => {
    const clock = new FakeClock();
    const asked = Promise.withResolvers<void>();
    const journal = new FailingJournal("freezing", () => {
      // Once the limit of this note is under way.
      setImmediate(asked.resolve);
      return new Promise<never>(() => {});
    });
    const exec = recording(journal);
    const taking = assert.rejects(
      takeBackup({ objects, journal, clock, request: { ...request, maxFreezeMs: 300_000 }, exec }),
      { code: "JournalUnavailable", message: /did not answer within 10s/ },
    );
    await asked.promise;
    await clock.advance(10_000);
    await taking;
    assert.deepEqual(journal.history, ["open", "close"]);
    assert.equal(clock.sleeping, 0);
  });

  test("after a thaw is a warning that names the way out", async () => {
    const journal = new FailingJournal("thawed", full);
    const { report } = await takeBackup({ objects, journal, request });
    assert.equal(report.phase, "Completed");
    const [warning] = report.warnings;
    assert.match(
      warning?.message ?? "",
      /was thawed, but the journal could not be told: the disk is full/,
    );
    assert.match(warning?.hint ?? "", /hooks thaw --forget shop\/db/);
  });
});
