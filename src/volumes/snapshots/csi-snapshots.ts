import { messageOf } from "../../lib/errors.ts";
import type { Log } from "../../lib/log.ts";
import { withTimeLimit } from "../../lib/time-limit.ts";
import { cutAll } from "./cut-all.ts";
import { findGroupKinds } from "../groups/group-kinds.ts";
import { keepSnapshots } from "./keep-snapshots.ts";
import type { RunMark } from "../owned-labels.ts";
import { SnapshotReader } from "./read-snapshots.ts";
import { removeGroups, removeMade } from "./remove-made.ts";
import { settleSnapshot } from "./settle-snapshot.ts";
import { failure } from "./snapshot-failure.ts";
import { findSnapshotKinds } from "../snapshot-kinds.ts";
import type { SnapshotRun } from "./snapshot-run.ts";
import type { SnapshotTools } from "./snapshot-tools.ts";
import type { VolumeSnapshots } from "./volume-snapshots.ts";

export type CsiSnapshotTools = SnapshotTools & {
  readonly log: Log;
  readonly mark: RunMark;
  /** How long a snapshot may take until it can be used. */
  readonly snapshotTimeoutMs: number;
};

/** For all that a run has made: people wait for it after Ctrl-C. */
const DISCARD_MS = 60_000;
/** What a request that hangs may add to that. */
const GRACE_MS = 10_000;

/** The snapshots of one run by the cluster's CSI drivers. */
export function createVolumeSnapshots(tools: CsiSnapshotTools): VolumeSnapshots {
  const kinds = findSnapshotKinds(tools.findResource);
  if (kinds === undefined) return withoutApi(tools);
  const { cluster, mark } = tools;
  const run: SnapshotRun = {
    ...tools,
    kinds,
    groupKinds: findGroupKinds(tools.findResource),
    reader: new SnapshotReader({ cluster, kinds, runId: mark.runId }),
    made: new Map(),
    groups: new Map(),
    classes: new Map(),
  };
  return {
    cut: (plans, signal) => cutAll(plans, run, signal),
    settle: (cut, signal) => settleSnapshot(cut, run, signal),
    keep: (signal) => keepSnapshots(run, signal),
    discard: () => discard(run),
  };
}

async function discard(run: SnapshotRun): Promise<readonly string[]> {
  const { clock, made, groups } = run;
  const limit = { clock, limitMs: DISCARD_MS + GRACE_MS, what: "not removed" };
  try {
    return await withTimeLimit(limit, new AbortController().signal, async (limited) => {
      const left = await Promise.all([
        removeGroups([...groups.values()], DISCARD_MS, run, limited),
        removeMade([...made.values()], DISCARD_MS, run, limited),
      ]);
      return left.flat();
    });
  } catch (error) {
    return [...groups.keys(), ...made.keys()].map((key) => `${key}: ${messageOf(error)}`);
  }
}

/** No plan asks for a snapshot then; should one do so all the same, it has failed. */
function withoutApi({ clock }: CsiSnapshotTools): VolumeSnapshots {
  return {
    cut: async (plans) =>
      plans.map((plan) => ({
        plan,
        name: undefined,
        requestedAt: clock.now(),
        ...failure(clock, { message: "the cluster has no snapshot API" }),
      })),
    settle: async (cut) => {
      const reason = { kind: "failed", failedAt: clock.now(), message: "it was not cut" } as const;
      return { kind: "failed", cut, failure: cut.kind === "failed" ? cut : reason };
    },
    keep: async () => {},
    discard: async () => [],
  };
}
