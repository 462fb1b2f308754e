import { possiblePlaces } from "../../backup/permissions/permission-places.ts";
import { uniquePermissions, type Permission } from "../../backup/permissions/permission.ts";
import { deletionPermissions } from "../../backup/permissions/permissions-of-volumes.ts";
import { hasNamespaceGlobs, permissionsOf } from "../../backup/permissions/permissions-of.ts";
import { planBackup, type BackupPlan } from "../../backup/plan/plan-backup.ts";
import { ArkError } from "../../lib/errors.ts";
import type { CliContext } from "../cli-context.ts";
import { openCluster } from "../compose.ts";
import type { ConnectionArguments } from "../connection-arguments.ts";
import { EXIT } from "../exit-codes.ts";
import { formatRbac } from "../rbac/format-rbac.ts";
import { rbacParts } from "../rbac/rbac-objects.ts";
import { readSubjects, type SubjectArguments } from "../rbac/subjects.ts";
import { readBackupRequest } from "./backup-request.ts";
import type { BackupArguments } from "./spec-from-flags.ts";

export type RbacArguments = Omit<BackupArguments, "output" | "name"> &
  SubjectArguments & {
    readonly "role-name"?: string | undefined;
    readonly "with-delete"?: boolean | undefined;
    readonly output?: "json" | "yaml" | undefined;
  };

/** `rbac`: asks the cluster for its kinds and namespaces only, and changes nothing. */
export async function runRbac(
  flags: RbacArguments & ConnectionArguments,
  context: CliContext,
): Promise<number> {
  const subjects = readSubjects(flags);
  const name = readRoleName(flags["role-name"]);
  const { output = "yaml", ...backupFlags } = flags;
  const request = await readBackupRequest(backupFlags, () => "rbac", context);
  const opened = await openCluster(flags, context);
  const { cluster } = opened;
  try {
    const plan = await planBackup(request, cluster, context.signal);
    for (const { message } of plan.warnings) context.stderr.write(`warning: ${message}\n`);
    const namespaces = hasNamespaceGlobs(request.spec) ? undefined : plan.namespaces.named;
    const home = namespaces?.[0] ?? cluster.identity.namespace;
    const permissions = permissionsFor(plan, flags["with-delete"] ?? false);
    const parts = rbacParts({ permissions, namespaces, subjects, home, name });
    context.stdout.write(formatRbac(parts, output));
    return EXIT.ok;
  } finally {
    opened.close();
  }
}

function permissionsFor(plan: BackupPlan, withDelete: boolean): Permission[] {
  const backup = permissionsOf(plan, possiblePlaces(plan));
  return uniquePermissions([...backup, ...(withDelete ? deletionPermissions(plan) : [])]);
}

/** As the API server checks names of roles, and of the service account that gets the same one. */
function readRoleName(name = "kubectl-ark"): string {
  if (/^[a-z0-9]([-a-z0-9.]{0,60}[a-z0-9])?$/.test(name)) return name;
  throw new ArkError("Usage", `--role-name: "${name}" cannot be the name of a role`, {
    hint: "Use lower-case letters, digits and dashes.",
  });
}
