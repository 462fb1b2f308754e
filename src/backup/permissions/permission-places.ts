import { groupResourceOf } from "../../cluster/group-resource.ts";
import { isSnapshotPlan } from "../../volumes/claim-volume.ts";
import { findSnapshotKinds } from "../../volumes/snapshot-kinds.ts";
import type { PlannedVolume } from "../volumes/captured-volume.ts";
import type { ItemBlock } from "../blocks/group-items.ts";
import { wantsVolumes } from "../volumes/plan-block-volumes.ts";
import type { BackupPlan } from "../plan/plan-backup.ts";

/** Namespaces; undefined among them stands for all. */
export type Places = readonly (string | undefined)[];

/** Where a backup does what. */
export type PermissionPlaces = {
  /** Pods are captured with their hooks and claims. */
  readonly pods: Places;
  readonly hooks: Places;
  readonly claims: Places;
  readonly snapshots: Places;
  /** Volumes are cut together, by VolumeGroupSnapshots. */
  readonly snapshotGroups: Places;
  /** Helper pods copy the content of snapshots. */
  readonly helpers: Places;
  /** Volumes are copied in the pods that mount them. */
  readonly podCopies: Places;
};

/** Wherever it may come to that: nothing is known but the plan. */
export function possiblePlaces(plan: BackupPlan): PermissionPlaces {
  const { request, names, filter } = plan;
  const everywhere = plan.namespaces.named ?? [undefined];
  const where = (isPossible: boolean): Places => (isPossible ? everywhere : []);
  const hasPods = plan.resources.some((resource) => groupResourceOf(resource) === "pods");
  const claims = names.find("persistentvolumeclaims");
  const hasClaims = claims !== undefined && filter.keeps(claims);
  const hasVolumes = hasClaims && wantsVolumes(request);
  const isSnapshotted =
    hasVolumes &&
    request.spec.snapshotVolumes !== false &&
    findSnapshotKinds((name) => names.find(name)) !== undefined;
  return {
    pods: where(hasPods),
    hooks: where(hasPods && request.hooks !== false),
    claims: where(hasClaims),
    snapshots: where(isSnapshotted),
    snapshotGroups: where(isSnapshotted),
    helpers: where(isSnapshotted && request.volumeData),
    podCopies: where(hasVolumes && hasPods && request.volumeData),
  };
}

/** Where it does come to that, by the blocks that were found. */
export function placesOfBlocks(
  blocks: readonly ItemBlock[],
  { request }: BackupPlan,
): PermissionPlaces {
  const pods = blocks.flatMap((block) => block.pods);
  const hooked = pods.filter(
    ({ view, hooks }) => view.phase === "Running" && hooks.pre.length + hooks.post.length > 0,
  );
  const volumes = blocks.flatMap((block) => block.volumes);
  const snapshotted = volumes.filter(({ plan }) => isSnapshotPlan(plan));
  const mounted = volumes.filter(
    ({ plan }) =>
      !isSnapshotPlan(plan) &&
      pods.some(
        ({ view }) => view.namespace === plan.namespace && view.claims.includes(plan.claim),
      ),
  );
  const claims = blocks.flatMap((block) => block.claims.map((key) => key.split("/")[0] ?? ""));
  return {
    pods: placesOf(pods.map(({ view }) => view.namespace)),
    hooks: placesOf(hooked.map(({ view }) => view.namespace)),
    claims: placesOf(claims),
    snapshots: placesOfVolumes(snapshotted),
    snapshotGroups: placesOfVolumes(
      snapshotted.filter(({ plan: { method } }) => method.kind === "snapshot" && method.group),
    ),
    helpers: request.volumeData ? placesOfVolumes(snapshotted) : [],
    podCopies: request.volumeData ? placesOfVolumes(mounted) : [],
  };
}

function placesOfVolumes(volumes: readonly PlannedVolume[]): Places {
  return placesOf(volumes.map(({ plan }) => plan.namespace));
}

function placesOf(namespaces: readonly string[]): Places {
  return [...new Set(namespaces)].toSorted();
}
