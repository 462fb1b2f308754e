import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BackupEvent } from "../../../src/backup/backup-events.ts";
import { ArkError } from "../../../src/lib/errors.ts";
import { aCluster, gistOf, hookAnnotations, takeBackup } from "../../support/backup-builders.ts";
import { namespace, pod } from "../../support/builders.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import type { ExecHandler } from "../../support/memory-cluster.ts";

const annotations = hookAnnotations({ pre: "freeze", post: "thaw" });
const objects = [namespace("shop"), pod("shop/db", { annotations })];

/** Hangs in the command of that name until it is aborted, and lets its 30 seconds pass. */
const hangingIn =
  (name: string, clock: FakeClock): ExecHandler =>
  ({ command }) => {
    if (command[0] !== name) return { kind: "exited", exitCode: 0 };
    setImmediate(() => void clock.advance(30_000));
    return new Promise(() => {});
  };

const endsWithContainer: ExecHandler = ({ command }) =>
  command[0] === "freeze"
    ? { kind: "failed", message: "container gone" }
    : { kind: "exited", exitCode: 0 };

const entry = (name: string, order: number) => ({
  name,
  order,
  includedNamespaces: [name],
  pre: [{ exec: { command: [name] } }],
});

describe("hooks that do not end", () => {
  for (const [name, isStored] of [
    ["freeze", false],
    ["thaw", true],
  ] as const) {
    it(`${name}: times out after 30s, the backup goes on, the pod is ${isStored ? "" : "not "}stored`, async () => {
      const clock = new FakeClock();
      const taken = await takeBackup({ objects, clock, exec: hangingIn(name, clock) });
      assert.deepEqual(taken.execs(), ["shop/db: freeze", "shop/db: thaw"]);
      assert.match(taken.report.errors.map(gistOf).join(), /timed out after 30s/);
      const { hooks } = await taken.record();
      assert.deepEqual(
        hooks.map(({ remoteProcess }) => remoteProcess),
        name === "freeze" ? ["ended", undefined] : [undefined, "ended"],
      );
      assert.equal((await taken.items()).includes("pods shop/db"), isStored);
      assert.equal(taken.report.blocks[0]?.quiescedMs, 30_000);
      assert.equal(clock.sleeping, 0);
    });
  }
});

it("an exec that the server refuses never started: nothing to undo, so no post hook", async () => {
  const error = new ArkError("Forbidden", 'pods "db" is forbidden: cannot create pods/exec');
  const taken = await takeBackup({ objects, exec: () => ({ kind: "rejected", error }) });
  assert.deepEqual(taken.execs(), ["shop/db: freeze"]);
  assert.match(taken.report.errors.map(gistOf).join(), /cannot create pods\/exec/);
  assert.deepEqual(await taken.items(), ["namespaces shop"]);
});

it("an error of the session after it was begun is in error, and the post hook runs", async () => {
  const taken = await takeBackup({ objects, exec: endsWithContainer });
  assert.deepEqual(taken.execs(), ["shop/db: freeze", "shop/db: thaw"]);
  assert.match(taken.report.errors.map(gistOf).join(), /container gone/);
});

it("an annotation that looks like a hook and is none is a warning", async () => {
  const misspelt = { "pre.hook.backup.ark.heptio.com/comand": "freeze" };
  const taken = await takeBackup({ objects: [pod("shop/db", { annotations: misspelt })] });
  assert.match(
    taken.report.warnings.map(gistOf).join(),
    /comand is not one of a hook; did you mean/,
  );
  assert.deepEqual(await taken.items(), ["pods shop/db"]);
});

it("waves follow the order that an entry of the spec sets", async () => {
  const taken = await takeBackup({
    objects: ["a", "b", "c"].map((name) => pod(`${name}/db`)),
    spec: { hooks: { resources: [entry("a", 9), entry("b", 1), entry("c", 5)] } },
    request: { parallelism: 8 },
  });
  assert.deepEqual(taken.execs(), ["b/db: b", "c/db: c", "a/db: a"]);
});

it("a watcher is told in order what is planned, found, begun and ended", async () => {
  const events: string[] = [];
  const observe = (event: BackupEvent): void => {
    const more =
      event.kind === "blocks-found"
        ? ` ${event.blocks} ${event.hookedPods}`
        : event.kind === "hooks-started"
          ? ` ${event.phase}`
          : "";
    if (event.kind !== "resource-started") events.push(`${event.kind}${more}`);
  };
  await takeBackup({ cluster: aCluster({ objects: objects.slice(1) }), observe });
  assert.deepEqual(events, [
    "planned",
    "blocks-found 1 1",
    "hooks-started pre",
    "hook-ended",
    "hooks-started post",
    "hook-ended",
    "block-ended",
    "publishing",
  ]);
});
