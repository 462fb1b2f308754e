import { ArkError } from "../../lib/errors.ts";
import type { Finding } from "../backup-report.ts";
import type { BackupRun } from "../backup-run.ts";
import { describePermissions } from "./describe-permissions.ts";
import { findMissing } from "./find-missing.ts";
import type { ItemBlock } from "../blocks/group-items.ts";
import { isNeededToExec } from "./needed-to-exec.ts";
import { type Permission, type PermissionUse, uniquePermissions } from "./permission.ts";
import { placesOfBlocks, possiblePlaces } from "./permission-places.ts";
import { permissionsOf } from "./permissions-of.ts";

/** What the user may not do of what a backup needs. */
export type PermissionVerdict = {
  /** Whether the backup must not be begun. */
  readonly isDecisive: boolean;
  readonly finding: Finding & { readonly hint: string };
};

/**
 * Says all that the user lacks before anything is frozen or made: what would only be left out, as a warning to whoever
 * watches (the report has it where it comes to pass); without what hooks, or the snapshots and copies that were asked
 * for, need there is no backup.
 * @throws ArkError Forbidden, naming verbs and resources; Cancelled
 */
export async function assertPermitted(
  blocks: readonly ItemBlock[],
  run: BackupRun,
  signal: AbortSignal,
): Promise<void> {
  const verdict = await reviewPermissions(blocks, run, signal);
  if (!verdict) return;
  const { message, hint } = verdict.finding;
  if (verdict.isDecisive) throw new ArkError("Forbidden", message, { hint });
  run.log.write("warning", message);
  run.observe({ kind: "warned-beforehand", finding: verdict.finding });
}

/** @returns undefined when nothing is known to be missing @throws ArkError Cancelled */
export async function reviewPermissions(
  blocks: readonly ItemBlock[],
  run: BackupRun,
  signal: AbortSignal,
): Promise<PermissionVerdict | undefined> {
  const wanted = permissionsOf(run.plan, placesOfBlocks(blocks, run.plan));
  const found = await findMissing(wanted, run, signal);
  const whole = found.some(hidesBlocks) ? await findPossible(wanted, run, signal) : found;
  const missing = await withoutNeedless(whole, run, signal);
  if (missing.length === 0) return undefined;
  const isDecisive = (permission: Permission): boolean =>
    permission.isDecisive || endsHalfway(permission, wanted, missing);
  const decisive = missing.filter(isDecisive);
  const others = missing.filter((permission) => !isDecisive(permission));
  return decisive.length === 0 ? toWarning(others) : toRefusal(decisive, others);
}

/** Whoever may not see pods and claims has no blocks, and would be told of the rest only when these can be seen. */
function hidesBlocks({ verb, group, resource }: Permission): boolean {
  return verb === "list" && group === "" && ["pods", "persistentvolumeclaims"].includes(resource);
}

function findPossible(
  wanted: readonly Permission[],
  run: BackupRun,
  signal: AbortSignal,
): Promise<Permission[]> {
  const possible = permissionsOf(run.plan, possiblePlaces(run.plan));
  const others = possible.map((permission) => ({ ...permission, isDecisive: false }));
  return findMissing(uniquePermissions([...wanted, ...others]), run, signal);
}

/** Old servers do not ask for it. */
async function withoutNeedless(
  missing: readonly Permission[],
  run: BackupRun,
  signal: AbortSignal,
): Promise<readonly Permission[]> {
  if (!missing.some(isExecCreation) || (await isNeededToExec(run.cluster, signal))) return missing;
  return missing.filter((permission) => !isExecCreation(permission));
}

function isExecCreation({ verb, resource }: Permission): boolean {
  return resource === "pods/exec" && verb === "create";
}

/** Who may create snapshots, but not follow, keep and remove them, would leave them half-made. */
function endsHalfway(
  { group, resource, verb, namespace }: Permission,
  wanted: readonly Permission[],
  missing: readonly Permission[],
): boolean {
  if (resource !== "volumesnapshots" || !["get", "patch", "delete"].includes(verb)) return false;
  const isCreation = (other: Permission): boolean =>
    other.verb === "create" &&
    other.group === group &&
    other.resource === resource &&
    other.namespace === namespace;
  return wanted.some(isCreation) && !missing.some(isCreation);
}

const ROLE_HINT = "`kubectl ark rbac` with the flags of this backup prints the role to ask for";

function toWarning(missing: readonly Permission[]): PermissionVerdict {
  const message = `permissions are missing, and what needs them is left out: ${describePermissions(missing)}`;
  return { isDecisive: false, finding: { message, hint: `${ROLE_HINT}.`, code: "Forbidden" } };
}

function toRefusal(
  decisive: readonly Permission[],
  others: readonly Permission[],
): PermissionVerdict {
  const uses = [...new Set(decisive.map(({ use }) => use))];
  const also = others.length === 0 ? "" : ` (also missing: ${describePermissions(others)})`;
  const message = `permissions are missing for ${uses.join(", ")}, so nothing was run: ${describePermissions(decisive)}${also}`;
  const without = uses.flatMap((use) => flagsWithout[use] ?? []);
  const hint = `${ROLE_HINT}. To do without: ${without.join(" ")}.`;
  return { isDecisive: true, finding: { message, hint, code: "Forbidden" } };
}

const flagsWithout: Readonly<Partial<Record<PermissionUse, string>>> = {
  hooks: "--hooks=false",
  snapshots: "--snapshot-volumes=false",
  "volume data": "--volume-data=false",
};
