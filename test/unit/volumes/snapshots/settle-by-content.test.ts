import assert from "node:assert/strict";
import { test } from "node:test";
import { ArkError } from "../../../../src/lib/errors.ts";
import { VOLUME_SNAPSHOT_CONTENTS } from "../../../../src/volumes/snapshot-kinds.ts";
import type { SettledSnapshot } from "../../../../src/volumes/snapshots/volume-snapshots.ts";
import type { SnapshotScript } from "../../../support/memory-snapshot-objects.ts";
import {
  aSnapshotPlan,
  elapse,
  never,
  snapshotBench,
  type SnapshotBench,
} from "../../../support/snapshot-builders.ts";

async function settleOne(
  script: SnapshotScript,
  prepare: (bench: SnapshotBench) => void = () => {},
): Promise<SettledSnapshot> {
  const bench = snapshotBench({ "*": script });
  const [cut] = await elapse(bench.clock, bench.snapshots.cut([aSnapshotPlan("shop/data")], never));
  assert.ok(cut);
  prepare(bench);
  return elapse(bench.clock, bench.snapshots.settle(cut, never));
}

/** From the request to readyToUse, or to the failure. */
function waitedMs({ cut, ...settled }: SettledSnapshot): number {
  const end = "ready" in settled ? settled.ready.readyAt : settled.failure.failedAt;
  return end.getTime() - cut.requestedAt.getTime();
}

test("a snapshot can be used when its content says so, which it does sooner", async () => {
  const settled = await settleOne({ readyMs: 1_000, readyLagMs: 60_000 });
  assert.ok(settled.kind === "ready" && waitedMs(settled) < 2_000);
  assert.equal(settled.ready.restoreSizeBytes, 2 ** 30);
});

test("whoever must not read contents waits for the snapshot's own word", async () => {
  const settled = await settleOne({ readyMs: 1_000, readyLagMs: 5_000 }, ({ cluster }) => {
    const error = new ArkError("Forbidden", "cannot get contents");
    cluster.fail({ verb: "get", resource: VOLUME_SNAPSHOT_CONTENTS, error });
  });
  assert.equal(settled.kind, "ready");
  assert.ok(waitedMs(settled) >= 6_000);
});

test("another snapshot's content does not count, whatever it says", async () => {
  const settled = await settleOne({ readyMs: 1_000, readyLagMs: 5_000 }, ({ cluster }) => {
    const find = cluster.get.bind(cluster);
    cluster.get = async (resource, target, signal) => {
      const raw = await find(resource, target, signal);
      if (resource.resource !== "volumesnapshotcontents") return raw;
      const text = new TextDecoder().decode(raw.body).replaceAll('"uid":"uid-', '"uid":"other-');
      return { ...raw, body: new TextEncoder().encode(text) };
    };
  });
  assert.equal(settled.kind, "failed");
  assert.ok(waitedMs(settled) >= 6_000);
});
