import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { ExecRequest } from "../../../../src/cluster/cluster.ts";
import type { JournalRun } from "../../../../src/journal/freeze-journal.ts";
import { ArkError } from "../../../../src/lib/errors.ts";
import { takeBackup } from "../../../support/backup-builders.ts";
import { pod } from "../../../support/builders.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import { hooked, objects, recording, request } from "../../../support/journalled-backup.ts";
import { MemoryJournal } from "../../../support/memory-journal.ts";

suite("a backup keeps the journal of freezes", () => {
  test("a pod is noted before its first pre hook starts, and closed after its post hooks", async () => {
    const journal = new MemoryJournal();
    await takeBackup({ objects, journal, request, exec: recording(journal) });
    assert.deepEqual(journal.history, [
      "open",
      "freezing shop/db",
      "exec freeze in db",
      "exec thaw in db",
      "thawed shop/db",
      "close",
    ]);
  });

  test("no command runs before the note is durable", async () => {
    const durable = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    class SlowJournal extends MemoryJournal {
      override async open(...facts: Parameters<MemoryJournal["open"]>): Promise<JournalRun> {
        const run = await super.open(...facts);
        return {
          ...run,
          freezing: async (freeze) => {
            asked.resolve();
            await durable.promise;
            return run.freezing(freeze);
          },
        };
      }
    }
    const journal = new SlowJournal();
    const taking = takeBackup({ objects, journal, exec: recording(journal) });
    await asked.promise;
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    assert.deepEqual(journal.history, ["open"]);
    durable.resolve();
    await taking;
    assert.equal(journal.history[1], "freezing shop/db");
  });

  test("what the note holds is enough to thaw: cluster, pod, and post hooks with their container", async () => {
    const journal = new MemoryJournal();
    const notes: unknown[] = [];
    const exec = async ({ command }: ExecRequest) => {
      if (command[0] === "freeze") notes.push(...(await journal.entries()).entries);
      return { kind: "exited", exitCode: 0 } as const;
    };
    const { cluster } = await takeBackup({ objects, journal, request, exec });
    const { namespace: _namespace, ...identity } = cluster.identity;
    assert.deepEqual(notes, [
      {
        id: "memory-1",
        backup: "nightly",
        ...identity,
        namespace: "shop",
        pod: "db",
        podUid: "uid-db",
        frozenAt: new FakeClock().now(),
        postHooks: [
          {
            name: "<from-annotation>",
            source: "annotation",
            container: "main",
            command: ["thaw"],
            timeoutMs: 30_000,
          },
        ],
        owner: { host: "here", pid: 1, state: "alive" },
      },
    ]);
  });

  test("pods that have no pre or no post hook are not noted, and without others the journal is not opened", async () => {
    const journal = new MemoryJournal();
    const some = [hooked("a", { pre: "freeze" }), hooked("b", { post: "thaw" }), pod("shop/c")];
    await takeBackup({ objects: [...some, ...objects.slice(0, 1)], journal });
    await takeBackup({ objects, journal, request: { hooks: false } });
    assert.deepEqual(journal.history, []);
  });

  test("a failed post hook leaves the note open, and its error says how to thaw", async () => {
    const journal = new MemoryJournal();
    const exec = recording(journal, { thaw: 1 });
    const { report } = await takeBackup({ objects, journal, request, exec });
    assert.equal((await journal.entries()).entries.length, 1);
    assert.deepEqual(
      report.errors.map(({ hint }) => hint),
      ["If the pod is still frozen, run: kubectl ark hooks thaw shop/db"],
    );
  });

  test("a failed pre hook is thawed and closed; one that surely never started is closed as well", async () => {
    const journal = new MemoryJournal();
    await takeBackup({ objects, journal, request, exec: recording(journal, { freeze: 1 }) });
    const refused = {
      kind: "rejected",
      error: new ArkError("Forbidden", "no exec for you"),
    } as const;
    await takeBackup({ objects, journal, request, exec: () => refused });
    assert.deepEqual((await journal.entries()).entries, []);
  });

  test("an interrupted backup closes the notes of the pods that it has thawed", async () => {
    const journal = new MemoryJournal();
    const controller = new AbortController();
    const exec = ({ command }: ExecRequest) => {
      if (command[0] === "freeze") controller.abort();
      return { kind: "exited", exitCode: 0 } as const;
    };
    const { signal } = controller;
    await assert.rejects(takeBackup({ objects, journal, request, exec, signal }));
    assert.deepEqual(journal.history.slice(-2), ["thawed shop/db", "close"]);
  });
});
