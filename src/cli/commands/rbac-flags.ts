import type { Options } from "yargs";
import { outputFlag, repeatedFlag, switchFlag, textFlag } from "../flags.ts";
import { backupFlags } from "./backup-flags.ts";

const role = "The role:";

/** Of `backup`, and without effect on what it may do: taken, so that its command line can be given as it is, and not listed. */
const withoutEffect = {
  guard: unlisted(backupFlags.guard),
  "max-freeze": unlisted(backupFlags["max-freeze"]),
  "snapshot-class": unlisted(backupFlags["snapshot-class"]),
  "snapshot-timeout": unlisted(backupFlags["snapshot-timeout"]),
  consistency: unlisted(backupFlags.consistency),
  "helper-image": unlisted(backupFlags["helper-image"]),
  "helper-image-pull-policy": unlisted(backupFlags["helper-image-pull-policy"]),
  parallelism: unlisted(backupFlags.parallelism),
  "dry-run": unlisted(backupFlags["dry-run"]),
  ttl: unlisted(backupFlags.ttl),
  labels: unlisted(backupFlags.labels),
  "api-versions": unlisted(backupFlags["api-versions"]),
  store: unlisted(backupFlags.store),
} as const satisfies Record<string, Options>;

export const rbacFlags = {
  ...backupFlags,
  ...withoutEffect,
  serviceaccount: repeatedFlag(
    "Service account NAMESPACE:NAME that gets the role, may be repeated",
    { group: role },
  ),
  "for-user": repeatedFlag("User that gets the role, may be repeated", { group: role }),
  "for-group": repeatedFlag("Group that gets the role, may be repeated", { group: role }),
  "role-name": textFlag("Name of roles, bindings and service account", {
    group: role,
    default: "kubectl-ark",
  }),
  "with-delete": switchFlag("Also what `backup delete` needs", { group: role }),
  ...outputFlag("yaml", "json"),
} as const satisfies Record<string, Options>;

function unlisted<Flag extends Options>(flag: Flag): Flag & { readonly hidden: true } {
  return { ...flag, hidden: true };
}
