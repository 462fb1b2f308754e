import { claimKey, type SnapshotGroup, type SnapshotPlan } from "../claim-volume.ts";
import { cutGroup } from "../groups/cut-group.ts";
import { cutSnapshots } from "./cut-snapshots.ts";
import type { SnapshotRun } from "./snapshot-run.ts";
import type { SnapshotCut } from "./volume-snapshots.ts";

/**
 * `cut` of VolumeSnapshots: whole groups by the driver, all others one by one, everything side by side. A group of which
 * only a part is quiesced now is not cut as one: its other volumes are being written to.
 */
export async function cutAll(
  plans: readonly SnapshotPlan[],
  run: SnapshotRun,
  signal: AbortSignal,
): Promise<readonly SnapshotCut[]> {
  const groups = wholeGroups(plans, run);
  const grouped = new Set(groups.flat());
  const single = plans.filter((plan) => !grouped.has(plan));
  const cuts = await Promise.all([
    cutSnapshots(single, run, signal),
    ...groups.map((members) => cutGroup(members, run, signal)),
  ]);
  const byClaim = new Map(cuts.flat().map((cut) => [claimKey(cut.plan), cut]));
  return plans.flatMap((plan) => byClaim.get(claimKey(plan)) ?? []);
}

function wholeGroups(
  plans: readonly SnapshotPlan[],
  { groupKinds, log }: SnapshotRun,
): readonly (readonly SnapshotPlan[])[] {
  if (groupKinds === undefined) return [];
  const candidates = plans.filter(({ method }) => method.group !== undefined);
  const groups = Map.groupBy(candidates, ({ namespace, driver, method: { group } }) =>
    JSON.stringify([namespace, driver, group?.label.value]),
  );
  return [...groups.values()].filter((members) => {
    const group = members[0]?.method.group;
    if (group === undefined || isWhole(members, group)) return true;
    log.write("info", "not cut as a group: not all of its claims are quiesced together", {
      group: group.label.value,
    });
    return false;
  });
}

function isWhole(members: readonly SnapshotPlan[], { claims }: SnapshotGroup): boolean {
  const present = new Set(members.map(({ claim }) => claim));
  return claims.every((claim) => present.has(claim));
}
