import type { Cluster } from "../../cluster/cluster.ts";
import { patchToUnset } from "../../hooks/edit-hooks.ts";
import type { HookPhase } from "../../hooks/hook.ts";
import type { CliContext } from "../cli-context.ts";
import { openCluster } from "../compose.ts";
import type { ConnectionArguments } from "../connection-arguments.ts";
import { EXIT } from "../exit-codes.ts";
import { changeHooks, type ChangeArguments } from "./hooks-change.ts";
import { fetchTargets } from "./hooks-fetch.ts";
import type { TargetArguments } from "./hooks-targets.ts";

export type HooksUnsetArguments = TargetArguments &
  ChangeArguments & { readonly pre?: boolean | undefined; readonly post?: boolean | undefined };

/** `hooks unset TYPE/NAME…`: removes hook annotations of all families. */
export async function runHooksUnset(
  flags: HooksUnsetArguments & ConnectionArguments,
  context: CliContext,
): Promise<number> {
  const opened = await openCluster(flags, context);
  try {
    return await unsetHooks(flags, opened.cluster, context);
  } finally {
    opened.close();
  }
}

/** @returns the exit code @throws ArkError when nothing was changed */
export async function unsetHooks(
  flags: HooksUnsetArguments,
  cluster: Cluster,
  context: CliContext,
): Promise<number> {
  const fetched = await fetchTargets(flags, cluster, context);
  if (fetched.targets.length + fetched.failures.length === 0) {
    context.stderr.write(`Nothing found in ${fetched.resolved.namespace} namespace.\n`);
    return EXIT.ok;
  }
  const patch = patchToUnset(chosenPhases(flags));
  const change = {
    done: "hooks unset",
    patchFor: () => patch,
    check: () => undefined,
    note: () => undefined,
  };
  return await changeHooks(change, fetched, { flags, cluster, context });
}

/** Both, unless one was chosen. */
function chosenPhases({ pre, post }: HooksUnsetArguments): HookPhase[] {
  const chosen = (["pre", "post"] as const).filter((phase) => (phase === "pre" ? pre : post));
  return chosen.length > 0 ? chosen : ["pre", "post"];
}
