import { findGroupKinds } from "../../volumes/groups/group-kinds.ts";
import { findSnapshotKinds } from "../../volumes/snapshot-kinds.ts";
import { type Permission, rights } from "./permission.ts";
import type { PermissionPlaces } from "./permission-places.ts";
import type { BackupPlan } from "../plan/plan-backup.ts";

const CORE = { group: "" } as const;

/** What snapshots and copies need, by what src/volumes asks of the cluster. */
export function volumePermissions(plan: BackupPlan, places: PermissionPlaces): Permission[] {
  return [
    ...readingPermissions(plan, places),
    ...snapshotPermissions(plan, places),
    ...groupPermissions(plan, places),
    ...copyPermissions(places),
  ];
}

/** Where the cluster has the API; claims that no label makes a group are cut one by one. */
function groupPermissions(
  { names }: BackupPlan,
  { snapshotGroups }: PermissionPlaces,
): Permission[] {
  const kinds = findGroupKinds((name) => names.find(name));
  if (!kinds || snapshotGroups.length === 0) return [];
  const use = { use: "snapshots", isDecisive: false } as const;
  return [
    ...rights(["get", "create", "delete"], kinds.groups, snapshotGroups, use),
    ...rights(["get", "patch", "delete"], kinds.contents, [undefined], use),
    ...rights(["list"], kinds.classes, [undefined], use),
  ];
}

/** A volume is looked at whatever the filters say: its driver decides how it is captured. */
function readingPermissions({ names }: BackupPlan, places: PermissionPlaces): Permission[] {
  const volumes = names.find("persistentvolumes");
  const isRead = [...places.snapshots, ...places.podCopies].length > 0;
  const use = { use: "snapshots", isDecisive: false } as const;
  return volumes && isRead ? rights(["get"], volumes, [undefined], use) : [];
}

/**
 * Decisive where snapshots were asked for by name. "list" is for what a run that died has left; without the contents a
 * snapshot lasts only as long as its namespace.
 */
function snapshotPermissions(
  { request, names }: BackupPlan,
  places: PermissionPlaces,
): Permission[] {
  const kinds = findSnapshotKinds((name) => names.find(name));
  if (!kinds || places.snapshots.length === 0) return [];
  const isDecisive = request.spec.snapshotVolumes === true;
  const must = { use: "snapshots", isDecisive } as const;
  const should = { use: "snapshots", isDecisive: false } as const;
  return [
    ...rights(["get", "create", "patch", "delete"], kinds.snapshots, places.snapshots, must),
    ...rights(["list"], kinds.snapshots, places.snapshots, should),
    ...rights(["get", "patch"], kinds.contents, [undefined], must),
    ...rights(["get", "list"], kinds.classes, [undefined], should),
  ];
}

/** Data is copied only on demand, so that all but the look for leftovers is decisive. */
function copyPermissions({ helpers, podCopies }: PermissionPlaces): Permission[] {
  const must = { use: "volume data", isDecisive: true } as const;
  const made = ["pods", "persistentvolumeclaims"].map((resource) => ({ ...CORE, resource }));
  const exec = { ...CORE, resource: "pods/exec" };
  return [
    ...made.flatMap((kind) => [
      ...rights(["get", "create", "delete"], kind, helpers, must),
      ...rights(["list"], kind, helpers, { ...must, isDecisive: false }),
    ]),
    ...rights(["get", "create"], exec, [...helpers, ...podCopies], must),
  ];
}

/** What `kubectl ark backup delete` needs beyond a backup: it removes snapshots, and what broken-off backups have left. */
export function deletionPermissions(plan: BackupPlan): Permission[] {
  const kinds = findSnapshotKinds((name) => plan.names.find(name));
  const everywhere = plan.namespaces.named ?? [undefined];
  const use = { use: "backup delete", isDecisive: false } as const;
  const helpers = ["pods", "persistentvolumeclaims"].map((resource) => ({ ...CORE, resource }));
  return [
    ...helpers.flatMap((kind) => rights(["get", "list", "delete"], kind, everywhere, use)),
    ...(kinds ? rights(["get", "list", "delete"], kinds.snapshots, everywhere, use) : []),
    ...(kinds ? rights(["get", "list", "patch", "delete"], kinds.contents, [undefined], use) : []),
  ];
}
