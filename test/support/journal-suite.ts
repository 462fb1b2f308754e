import assert from "node:assert/strict";
import { test } from "node:test";
import type { FreezeJournal, OpenEntry } from "../../src/journal/freeze-journal.ts";
import { aFreeze, aThawCommand, runFacts } from "./journal-builders.ts";

const gist = ({ namespace, pod, backup }: OpenEntry): string => `${backup}: ${namespace}/${pod}`;

async function open(journal: FreezeJournal): Promise<string[]> {
  const { entries, problems } = await journal.entries();
  assert.deepEqual(problems, []);
  return entries.map(gist);
}

/** Registers the tests of the FreezeJournal contract for one kind of journal; `make` gives an empty one. */
export function testFreezeJournal(kind: string, make: () => FreezeJournal): void {
  test(`${kind}: a journal that nobody has written to is empty`, async () => {
    assert.deepEqual(await open(make()), []);
    await make().closeEntry("0123abcd-1", "never there");
  });

  test(`${kind}: an entry keeps all that a later run needs to thaw the pod`, async () => {
    const journal = make();
    const run = await journal.open(runFacts());
    const postHooks = [
      aThawCommand({ command: ["sh", "-c", "echo 'ü\n\u2028' \"\\\""], timeoutMs: 1500.25 }),
      aThawCommand({ source: "spec", container: "", command: [] }),
    ];
    const id = await run.freezing(aFreeze({ postHooks }));
    const { startedAt: _startedAt, ...facts } = runFacts();
    const [entry] = (await journal.entries()).entries;
    assert.ok(entry);
    const { owner, ...rest } = entry;
    assert.deepEqual(rest, { id, ...facts, ...aFreeze({ postHooks }) });
    assert.equal(owner.state, "alive");
    await run.close();
  });

  test(`${kind}: a thawed pod is open no more, and others stay`, async () => {
    const journal = make();
    const run = await journal.open(runFacts());
    const first = await run.freezing(aFreeze());
    const second = await run.freezing(aFreeze({ pod: "db-1" }));
    assert.notEqual(first, second);
    await run.thawed(first);
    assert.deepEqual(await open(journal), ["nightly: shop/db-1"]);
    await run.thawed(second);
    await run.close();
    assert.deepEqual(await open(journal), []);
  });

  test(`${kind}: what is open when a run ends stays open`, async () => {
    const journal = make();
    const run = await journal.open(runFacts());
    await run.freezing(aFreeze());
    await run.close();
    assert.deepEqual(await open(journal), ["nightly: shop/db-0"]);
  });

  test(`${kind}: a closed entry is gone, and closing it again is no error`, async () => {
    const journal = make();
    const run = await journal.open(runFacts());
    const id = await run.freezing(aFreeze());
    await run.freezing(aFreeze({ pod: "db-1" }));
    await journal.closeEntry(id, "thawed by hand");
    await journal.closeEntry(id, "twice");
    assert.deepEqual(await open(journal), ["nightly: shop/db-1"]);
    await run.close();
    assert.deepEqual(await open(journal), ["nightly: shop/db-1"]);
  });

  test(`${kind}: runs side by side do not disturb each other, and entries come by time`, async () => {
    const journal = make();
    const runs = await Promise.all(
      ["c", "b", "a"].map((backup) => journal.open(runFacts({ backup }))),
    );
    const ids = await Promise.all(
      runs.map((run, index) => run.freezing(aFreeze({ frozenAt: new Date(10_000 - index) }))),
    );
    assert.equal(new Set(ids).size, 3);
    assert.deepEqual(await open(journal), ["a: shop/db-0", "b: shop/db-0", "c: shop/db-0"]);
    await runs[1]?.thawed(ids[1] ?? "");
    await runs[1]?.close();
    assert.deepEqual(await open(journal), ["a: shop/db-0", "c: shop/db-0"]);
    await Promise.all(runs.map((run) => run.close()));
  });

  test(`${kind}: many pods that are noted at once are all noted`, async () => {
    const journal = make();
    const run = await journal.open(runFacts());
    const pods = Array.from({ length: 40 }, (_, index) => `db-${index}`);
    const ids = await Promise.all(pods.map((pod) => run.freezing(aFreeze({ pod }))));
    assert.equal((await open(journal)).length, 40);
    await Promise.all(ids.map((id) => run.thawed(id)));
    assert.deepEqual(await open(journal), []);
    await run.close();
  });
}
