import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { Ports } from "../../../../src/backup/backup-run.ts";
import { runUnderFreeName } from "../../../../src/cli/commands/run-under-free-name.ts";
import { backupExists } from "../../../../src/store/store-errors.ts";
import { arkSession } from "../../../support/ark-session.ts";
import {
  aClientProcess,
  aCluster,
  aRequest,
  hookAnnotations,
} from "../../../support/backup-builders.ts";
import { configMap, namespace, pod } from "../../../support/builders.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import { MemoryJournal } from "../../../support/memory-journal.ts";
import { MemoryStore } from "../../../support/memory-store.ts";

const { signal } = new AbortController();
const annotations = hookAnnotations({ pre: "freeze", post: "thaw" });

/** Ports with a clock that jumps, and a store in which `taken` names are being written by someone else. */
function somePorts(isTaken: (name: string) => boolean) {
  const tried: string[] = [];
  class BusyStore extends MemoryStore {
    override async create(...call: Parameters<MemoryStore["create"]>) {
      tried.push(call[0]);
      if (isTaken(call[0])) throw backupExists(call[0], this.url);
      return super.create(...call);
    }
  }
  class JumpingClock extends FakeClock {
    override async sleep(delayMs: number): Promise<void> {
      await this.advance(delayMs);
    }
  }
  const clock = new JumpingClock("2026-01-31T12:00:00.250Z");
  const cluster = aCluster({ objects: [namespace("shop"), pod("shop/db", { annotations })] });
  const store = new BusyStore();
  const journal = new MemoryJournal();
  const clientProcess = aClientProcess();
  const ports: Ports = { cluster, store, journal, clock, clientProcess, observe: () => {} };
  const makeName = (): string => `at-${clock.now().toISOString().slice(17, 19)}`;
  return { ports, cluster, store, tried, makeName };
}

test("a name that is being written is left for one of a later second, and hooks run once", async () => {
  const { ports, cluster, tried, makeName } = somePorts((name) => name === "at-00");
  const request = aRequest({}, { name: makeName() });
  const report = await runUnderFreeName(request, ports, makeName, signal);
  assert.equal(tried.length, 2);
  assert.match(report.name, /^at-0[12]$/);
  assert.equal(cluster.execs.length, 2);
});

test("after five names it is an error", async () => {
  const { ports, cluster, tried, makeName } = somePorts(() => true);
  const request = aRequest({}, { name: makeName() });
  await assert.rejects(runUnderFreeName(request, ports, makeName, signal), {
    code: "BackupExists",
  });
  assert.equal(new Set(tried).size, 5);
  assert.deepEqual(cluster.execs, []);
});

test("a name that was taken after the hooks ran is an error: they must not run again", async () => {
  const { ports, cluster, store, tried, makeName } = somePorts(() => false);
  const other = await store.create("at-00", signal);
  await other.write("velero-backup.json", (async function* () {})());
  const observe: Ports["observe"] = ({ kind }) => {
    if (kind === "publishing") void other.publish();
  };
  const request = aRequest({}, { name: "at-00" });
  await assert.rejects(runUnderFreeName(request, { ...ports, observe }, makeName, signal), {
    code: "BackupExists",
  });
  assert.deepEqual([tried.length, cluster.execs.length], [2, 2]);
});

test("two backups without a name that start at once are both taken; with one name one is refused", async () => {
  const ark = await arkSession();
  ark.server.put(configMap("shop/settings"));
  const ends = await Promise.all([
    ark.run("backup", "-n", "shop"),
    ark.run("backup", "-n", "shop"),
  ]);
  assert.deepEqual(
    ends.map(({ code }) => code),
    [0, 0],
  );
  assert.equal(readdirSync(join(ark.store, "backups")).length, 2);
  const named = await Promise.all([1, 2].map(() => ark.run("backup", "one", "-n", "shop")));
  assert.deepEqual(new Set(named.map(({ code }) => code)), new Set([0, 1]));
  const refused = named.find(({ code }) => code === 1);
  assert.match(refused?.stderr ?? "", /another process is writing|already exists/);
});
