import { groupRemoval } from "../groups/remove-group.ts";
import { snapshotRemoval } from "./remove-snapshot.ts";
import { runRemovals } from "./run-removals.ts";
import {
  isOfRun,
  madeKey,
  type MadeGroup,
  type MadeSnapshot,
  type SnapshotRun,
} from "./snapshot-run.ts";

/**
 * Removes snapshots that this run has made, on the storage as well, whatever policy their class has.
 * @param waitMs for all together
 * @returns what is left, "namespace/name: why"
 * @throws ArkError Cancelled
 */
export async function removeMade(
  snapshots: readonly MadeSnapshot[],
  waitMs: number,
  run: SnapshotRun,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { clock, log, mark, made } = run;
  const steps = snapshots.map(({ namespace, name, contentName, group }) =>
    snapshotRemoval(
      {
        namespace,
        name,
        contentName,
        isMeant: (raw) => isOfRun(raw, mark, group),
        policyOf: () => "Delete",
      },
      run,
    ),
  );
  const results = await runRemovals(steps, { waitMs }, clock, signal);
  return snapshots.flatMap((snapshot, index) => {
    const result = results[index];
    const key = madeKey(snapshot);
    if (result?.kind === "left") {
      log.write("error", "snapshot left", { snapshot: key, reason: result.message });
      return [`${key}: ${result.message}`];
    }
    // One that was not there may come yet, when the answer to its creation was lost: it is looked for again in the end.
    if (result?.kind === "removed") {
      made.delete(key);
      log.write("info", "snapshot removed", { snapshot: key });
    }
    return [];
  });
}

/**
 * Removes groups that this run has made, with their members.
 * @returns what is left, "namespace/name: why"
 * @throws ArkError Cancelled
 */
export async function removeGroups(
  wanted: readonly MadeGroup[],
  waitMs: number,
  { cluster, clock, groupKinds, groups, mark, log }: SnapshotRun,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (groupKinds === undefined) return [];
  const steps = wanted.map(({ namespace, name }) =>
    groupRemoval(
      { namespace, name, isMeant: (raw) => isOfRun(raw, mark) },
      { cluster, groupKinds },
    ),
  );
  const results = await runRemovals(steps, { waitMs }, clock, signal);
  return wanted.flatMap((group, index) => {
    const result = results[index];
    if (result?.kind === "left") return [`${madeKey(group)}: ${result.message}`];
    log.write("info", "group snapshot removed", { group: madeKey(group) });
    groups.delete(madeKey(group));
    return [];
  });
}
