import { forEachParallel } from "../../lib/bounded-parallel.ts";
import { throwIfAborted } from "../../lib/errors.ts";
import { claimKey } from "../../volumes/claim-volume.ts";
import type { ReadySnapshot, SettledSnapshot } from "../../volumes/snapshots/volume-snapshots.ts";
import type { BackupRun } from "../backup-run.ts";
import type { CapturedVolume, CopiedVolume } from "./captured-volume.ts";
import { copyFromSnapshot } from "./copy-volumes.ts";
import { reportUnkept, reportVolume } from "./report-volume.ts";
import { storeSnapshotObjects, withSnapshot } from "./snapshot-objects.ts";
import { toVeleroVolumeInfo } from "./velero-volume-info.ts";
import { toVolumeRecord } from "./volume-record.ts";

/** How many snapshots are waited for at once: each is a few small requests. */
const WAITING = 16;

/**
 * Waits, with nothing frozen any more, until the snapshots can be used; removes those that failed; copies their data out
 * if that is wanted; stores claims and snapshots. What fails is in the report.
 * @throws ArkError Cancelled
 */
export async function settleVolumes(run: BackupRun, signal: AbortSignal): Promise<void> {
  const { volumes } = run;
  if (!volumes || volumes.captured.length === 0) return;
  let waiting = volumes.captured.length;
  run.observe({ kind: "volumes-settling", waiting });
  const settled: SettledVolume[] = [];
  const settleOne = async (captured: CapturedVolume): Promise<void> => {
    settled.push({ captured, snapshot: await settleSnapshot(captured, run, signal) });
    waiting -= 1;
    run.observe({ kind: "volumes-settling", waiting });
  };
  await forEachParallel(volumes.captured, WAITING, settleOne, signal);
  reportUnkept(
    settled.flatMap(({ snapshot }) => snapshot ?? []),
    run,
  );
  const finishOne = (one: SettledVolume): Promise<void> => finish(one, run, signal);
  await forEachParallel(settled, run.plan.request.parallelism, finishOne, signal);
}

type SettledVolume = {
  readonly captured: CapturedVolume;
  readonly snapshot: SettledSnapshot | undefined;
};

async function settleSnapshot(
  { cut, failure }: CapturedVolume,
  run: BackupRun,
  signal: AbortSignal,
): Promise<SettledSnapshot | undefined> {
  if (!cut || !run.volumes) return undefined;
  // What does not count must not stay in the cluster either.
  const spoiled =
    failure === undefined || cut.kind === "failed"
      ? cut
      : ({ ...cut, kind: "failed", failedAt: run.clock.now(), message: failure } as const);
  return run.volumes.snapshots.settle(spoiled, signal);
}

async function finish(
  { captured, snapshot }: SettledVolume,
  run: BackupRun,
  signal: AbortSignal,
): Promise<void> {
  const { volume } = captured;
  const ready = snapshot?.kind === "ready" ? snapshot.ready : undefined;
  const copy = ready ? await copyOut(captured, ready, run, signal) : captured.copy;
  throwIfAborted(signal);
  const record = toVolumeRecord({ captured, snapshot, copy });
  if (ready) storeSnapshotObjects(ready, run);
  await storeClaim(captured, ready, run, signal);
  reportVolume({ captured, snapshot, copy, record }, run);
  run.report.volume(record);
  if (volume.plan.volume !== "") run.volumes?.info.push(toVeleroVolumeInfo(volume.plan, record));
}

async function copyOut(
  { volume, cut }: CapturedVolume,
  ready: ReadySnapshot,
  run: BackupRun,
  signal: AbortSignal,
): Promise<CopiedVolume | undefined> {
  if (!run.volumes?.copies || cut?.name === undefined) return undefined;
  return copyFromSnapshot(volume, { ...ready, name: cut.name }, run, signal);
}

/** Only a claim whose snapshot can be restored names it: one that names a missing snapshot holds up a whole restore. */
async function storeClaim(
  { volume: { plan, claim }, cut }: CapturedVolume,
  ready: ReadySnapshot | undefined,
  run: BackupRun,
  signal: AbortSignal,
): Promise<void> {
  const resource = run.plan.names.find("persistentvolumeclaims");
  // One that was not held is in the archive already, with its kind.
  if (!resource || !run.volumes?.held.has(claimKey(plan))) return;
  run.sink.release(resource, plan.namespace, plan.claim);
  const raw =
    ready?.content && cut?.name !== undefined
      ? withSnapshot(claim, { ...ready, name: cut.name })
      : claim;
  await run.items.storeWithAdditional({ resource, raw }, signal);
  await run.sink.drained();
}
