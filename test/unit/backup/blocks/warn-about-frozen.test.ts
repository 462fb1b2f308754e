import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { BackupEvent } from "../../../../src/backup/backup-events.ts";
import { gistOf, takeBackup } from "../../../support/backup-builders.ts";
import { namespace } from "../../../support/builders.ts";
import { aFreeze, aThawCommand, runFacts } from "../../../support/journal-builders.ts";
import { full, objects, recording, request } from "../../../support/journalled-backup.ts";
import { MemoryJournal } from "../../../support/memory-journal.ts";

async function leftBehind(state: "gone" | "unknown" | "alive", podUid = "uid-other") {
  const journal = new MemoryJournal();
  const { cluster } = await takeBackup({ objects: [namespace("shop")] });
  const facts = runFacts({ backup: "dead", server: cluster.identity.server });
  const run = await journal.open(facts);
  const postHooks = [aThawCommand({ container: "main", command: ["thaw"] })];
  await run.freezing(aFreeze({ pod: "db", podUid, postHooks }));
  await run.freezing(aFreeze({ pod: "other", podUid: "uid-b" }));
  journal.loseOwners(state);
  return journal;
}

suite("what an earlier run has left frozen", () => {
  const server = "https://memory.example:6443";

  test("is warned about at once, before anything runs, and nothing is thawed for it", async () => {
    const journal = await leftBehind("gone");
    const events: BackupEvent[] = [];
    const { report, cluster } = await takeBackup({
      objects: [namespace("shop")],
      journal,
      observe: (event) => events.push(event),
    });
    assert.deepEqual(report.warnings.map(gistOf), [
      "2 pods may still be frozen since 2026-01-02T03:04:06.789Z: shop/db, shop/other",
    ]);
    assert.match(report.warnings[0]?.hint ?? "", /kubectl ark hooks thaw --all/);
    const kinds = events.map(({ kind }) => kind);
    assert.ok(kinds.indexOf("warned-beforehand") < kinds.indexOf("blocks-found"));
    assert.deepEqual(cluster.execs, []);
    assert.equal((await journal.entries()).entries.length, 2);
  });

  test("by a run on another host is warned about with a doubt; by a run that goes on, or in another cluster, not at all", async () => {
    const shop = [namespace("shop")];
    const elsewhere = await takeBackup({ objects: shop, journal: await leftBehind("unknown") });
    assert.match(
      elsewhere.report.warnings.map(gistOf).join(),
      /unless the run on here still goes on/,
    );
    const alive = await takeBackup({ objects: shop, journal: await leftBehind("alive") });
    assert.deepEqual(alive.report.warnings, []);
    const other = new MemoryJournal();
    await (await other.open(runFacts({ server }))).freezing(aFreeze());
    other.loseOwners();
    assert.deepEqual((await takeBackup({ objects: shop, journal: other })).report.warnings, []);
  });

  test("is closed when this backup has run the same post hooks in the same pod, and only then", async () => {
    const journal = await leftBehind("gone", "uid-db");
    await takeBackup({ objects, journal, request, exec: recording(journal, { freeze: 1 }) });
    const { entries } = await journal.entries();
    assert.deepEqual(
      entries.map(({ pod: name }) => name),
      ["other"],
    );
    assert.ok(journal.history.includes("closed shop/db: thawed by backup nightly"));
    const replaced = await leftBehind("gone");
    await takeBackup({ objects, journal: replaced, request });
    assert.equal((await replaced.entries()).entries.length, 2);
  });

  test("is a warning of its own when the journal cannot be read, and the backup goes on", async () => {
    class Unreadable extends MemoryJournal {
      override entries(): Promise<never> {
        return full();
      }
    }
    const { report } = await takeBackup({ objects, journal: new Unreadable(), request });
    assert.deepEqual(
      [report.phase, report.warnings.map(gistOf)],
      ["Completed", ["the disk is full"]],
    );
  });
});
