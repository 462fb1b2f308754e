import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { ExecRequest } from "../../../src/cluster/cluster.ts";
import type { FreezeJournal, OpenEntry } from "../../../src/journal/freeze-journal.ts";
import { thawEntries } from "../../../src/journal/thaw-entries.ts";
import type { ThawResult } from "../../../src/journal/thaw-entry.ts";
import { ArkError } from "../../../src/lib/errors.ts";
import { pod } from "../../support/builders.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { anEntry, aThawCommand } from "../../support/journal-builders.ts";
import { MemoryCluster, type MemoryClusterOptions } from "../../support/memory-cluster.ts";

const never = new AbortController().signal;
const aRunningPod = (name = "db-0", uid = "uid-1", phase = "Running") =>
  pod(`shop/${name}`, { containers: ["fsfreeze"], phase }, { metadata: { uid } });

type Setup = {
  readonly objects?: MemoryClusterOptions["objects"];
  readonly exec?: MemoryClusterOptions["onExec"];
  readonly closeEntry?: FreezeJournal["closeEntry"];
  readonly signal?: AbortSignal;
  readonly cluster?: MemoryCluster;
};

async function thaw(entries: readonly OpenEntry[], setup: Setup = {}) {
  const { objects = [aRunningPod()], exec, signal = never } = setup;
  const cluster = setup.cluster ?? new MemoryCluster({ objects, ...(exec && { onExec: exec }) });
  const closed: string[] = [];
  const closeEntry = async (id: string, note: string): Promise<void> => {
    await setup.closeEntry?.(id, note);
    closed.push(`${id}: ${note}`);
  };
  const results: ThawResult[] = [];
  const ports = { cluster, journal: { closeEntry }, clock: new FakeClock() };
  const error = await thawEntries(entries, ports, (result) => results.push(result), signal).then(
    () => undefined,
    (cause: unknown) => cause,
  );
  const gist = results.map(({ result, message = "" }) => `${result} ${message}`.trim());
  return { gist, closed, error, execs: cluster.execs };
}

const place = ({ namespace, pod: name, container, command }: ExecRequest): string =>
  `${namespace}/${name} ${container}: ${command.join(" ")}`;

suite("thawing what a run has left", () => {
  test("runs the post hooks in their containers, in order, and closes the entry", async () => {
    const postHooks = [aThawCommand(), aThawCommand({ command: ["sync"] })];
    const { gist, closed, execs } = await thaw([anEntry({ postHooks })]);
    assert.deepEqual(execs.map(place), [
      "shop/db-0 fsfreeze: fsfreeze --unfreeze /data",
      "shop/db-0 fsfreeze: sync",
    ]);
    assert.deepEqual([gist, closed], [["thawed"], ["0123abcd-1: hooks thaw: thawed"]]);
  });

  test("a hook that fails keeps the entry open and says where and why; the hooks after it run", async () => {
    const postHooks = [aThawCommand({ command: ["first"] }), aThawCommand({ command: ["second"] })];
    const { gist, closed, execs } = await thaw([anEntry({ postHooks })], {
      exec: ({ command, onStderr }) => {
        void onStderr?.(Buffer.from("Invalid argument\n"));
        return { kind: "exited", exitCode: command[0] === "first" ? 1 : 0 };
      },
    });
    assert.deepEqual(closed, []);
    assert.equal(execs.length, 2);
    const message = "command terminated with exit code 1: Invalid argument";
    assert.deepEqual(gist, [`failed first in container fsfreeze: ${message}`]);
  });

  for (const [what, objects, message] of [
    [
      "replaced by another",
      [aRunningPod("db-0", "uid-2")],
      /the pod was replaced, and nothing was run/,
    ],
    ["gone", [], /the pod is gone/],
    ["at its end", [aRunningPod("db-0", "uid-1", "Succeeded")], /the pod has ended \(Succeeded\)/],
  ] as const) {
    test(`of a pod that is ${what} nothing is run, and the entry is closed with a note`, async () => {
      const { gist, closed, execs } = await thaw([anEntry()], { objects });
      assert.deepEqual(execs, []);
      assert.match(gist.join(), message);
      assert.match(gist.join(), /^obsolete .*if writes to its volume hang/);
      assert.match(closed.join(), message);
    });
  }

  test("a pod that cannot be read, and a container that does not run, keep their entries open", async () => {
    const cluster = new MemoryCluster({ objects: [aRunningPod()] });
    const error = new ArkError("Forbidden", "cannot get pods");
    cluster.fail({ verb: "get", resource: "pods", error });
    assert.deepEqual((await thaw([anEntry()], { cluster })).gist, ["failed cannot get pods"]);
    const { gist, closed } = await thaw([anEntry()], {
      objects: [aRunningPod("db-0", "uid-1", "Pending")],
    });
    assert.match(gist.join(), /^failed .*is not running/);
    assert.deepEqual(closed, []);
  });

  test("two entries of one pod run the same commands once, and both are closed", async () => {
    const entries = [anEntry({ id: "a-1" }), anEntry({ id: "b-1" })];
    const { gist, closed, execs } = await thaw(entries);
    assert.equal(execs.length, 1);
    assert.deepEqual(gist, ["thawed", "thawed"]);
    assert.equal(closed.length, 2);
  });

  test("a thaw that cannot be noted is a failure that says both", async () => {
    const { gist } = await thaw([anEntry()], {
      closeEntry: async () => {
        throw new ArkError("JournalUnavailable", "the disk is full");
      },
    });
    assert.deepEqual(gist, [
      "failed the post hooks have run; but this could not be noted: the disk is full",
    ]);
  });

  test("pods are thawed side by side, never more than 16, and one that hangs stops no other", async () => {
    const names = Array.from({ length: 40 }, (_, index) => `db-${index}`);
    const gate = Promise.withResolvers<void>();
    let [running, most] = [0, 0];
    const entries = names.map((name) => anEntry({ id: `${name}-1`, pod: name, podUid: name }));
    const { gist } = await thaw(entries, {
      objects: names.map((name) => aRunningPod(name, name)),
      exec: async ({ pod: name }) => {
        running += 1;
        most = Math.max(most, running);
        if (name === "db-0") await gate.promise;
        else await new Promise(setImmediate);
        running -= 1;
        if (name === "db-39") gate.resolve();
        return { kind: "exited", exitCode: 0 };
      },
    });
    assert.equal(gist.length, 40);
    assert.equal(most, 16);
  });

  test("Ctrl-C lets the pods under way be thawed and begins no other", async () => {
    const controller = new AbortController();
    const names = Array.from({ length: 20 }, (_, index) => `db-${index}`);
    const entries = names.map((name) => anEntry({ id: `${name}-1`, pod: name, podUid: name }));
    const { closed, error, execs } = await thaw(entries, {
      objects: names.map((name) => aRunningPod(name, name)),
      signal: controller.signal,
      exec: async () => {
        await new Promise(setImmediate);
        controller.abort(new ArkError("Cancelled", "interrupted"));
        return { kind: "exited", exitCode: 0 };
      },
    });
    assert.ok(error instanceof ArkError && error.code === "Cancelled");
    assert.equal(execs.length, 16);
    assert.equal(closed.length, 16);
  });
});
