import { reviewPermissions } from "../../backup/permissions/assert-permitted.ts";
import { collectBlocks } from "../../backup/blocks/collect-blocks.ts";
import { describePermissions } from "../../backup/permissions/describe-permissions.ts";
import { createDetachedRun, type DetachedPorts } from "../../backup/detached-run.ts";
import { findMissing } from "../../backup/permissions/find-missing.ts";
import { isNeededToExec } from "../../backup/permissions/needed-to-exec.ts";
import type { Permission } from "../../backup/permissions/permission.ts";
import { possiblePlaces } from "../../backup/permissions/permission-places.ts";
import { permissionsOf } from "../../backup/permissions/permissions-of.ts";
import { planBackup, type BackupPlan } from "../../backup/plan/plan-backup.ts";
import type { BackupRequest } from "../../backup/backup-request.ts";
import { plural } from "../print/quantities.ts";
import { fail, ok, type Verdict, warn } from "./check.ts";

const silent = { write: () => {} };

/**
 * What the user lacks for the backup, as the backup itself finds out before it begins. Missing rights to exec are a
 * failure only where a running pod has hooks.
 * @throws ArkError as `planBackup`
 */
export async function checkPermissions(
  request: BackupRequest,
  ports: DetachedPorts,
  signal: AbortSignal,
): Promise<Verdict> {
  const { cluster } = ports;
  const plan = await planBackup(request, cluster, signal);
  const wanted = permissionsOf(plan, possiblePlaces(plan));
  const found = await findMissing(wanted, { cluster, log: silent }, signal);
  const isSuperfluous = found.some(isExecCreation) && !(await isNeededToExec(cluster, signal));
  const missing = found.filter((permission) => !(isSuperfluous && isExecCreation(permission)));
  const hint = `The role to ask for: kubectl ark rbac${scopeFlag(plan)}`;
  if (missing.length === 0) {
    return ok(`all ${plural(wanted.length, "right")} that a backup of ${scopeOf(plan)} uses`);
  }
  const lacking = `missing for a backup of ${scopeOf(plan)}: ${describePermissions(missing)}`;
  if (missing.some(isPodList)) return fail(lacking, hint);
  const refusal = missing.some(({ isDecisive }) => isDecisive)
    ? await refusalOf(plan, ports, signal)
    : undefined;
  return refusal ?? warn(`${lacking}; what needs them is left out`, hint);
}

/** The backup's own words, where it would refuse to begin. */
async function refusalOf(
  plan: BackupPlan,
  ports: DetachedPorts,
  signal: AbortSignal,
): Promise<Verdict | undefined> {
  const { run } = createDetachedRun(plan, ports);
  const verdict = await reviewPermissions(await collectBlocks(run, signal), run, signal);
  return verdict?.isDecisive ? fail(verdict.finding.message, verdict.finding.hint) : undefined;
}

function isPodList({ verb, group, resource }: Permission): boolean {
  return verb === "list" && group === "" && resource === "pods";
}

function isExecCreation({ verb, resource }: Permission): boolean {
  return verb === "create" && resource === "pods/exec";
}

function scopeOf({ namespaces: { named } }: BackupPlan): string {
  return named === undefined ? "all namespaces" : `namespace ${named.join(", ")}`;
}

function scopeFlag({ namespaces: { named } }: BackupPlan): string {
  return named === undefined ? "" : ` -n ${named.join(",")}`;
}
