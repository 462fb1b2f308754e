import type { Cluster } from "../../cluster/cluster.ts";
import {
  type AnnotationPatch,
  patchToSet,
  patchToUnset,
  type HookSetting,
} from "../../hooks/edit-hooks.ts";
import type { HookTarget } from "../../hooks/hook-target.ts";
import { remarksOnRecipe } from "../../hooks/recipes/recipe-remarks.ts";
import { ArkError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/suggest.ts";
import type { CliContext } from "../cli-context.ts";
import { openCluster } from "../compose.ts";
import type { ConnectionArguments } from "../connection-arguments.ts";
import { type HookSettings, readHookSettings, type SettingArguments } from "./hook-settings.ts";
import { changeHooks, type ChangeArguments, type HookChange } from "./hooks-change.ts";
import { fetchTargets } from "./hooks-fetch.ts";
import type { TargetArguments } from "./hooks-targets.ts";

export type HooksSetArguments = TargetArguments & SettingArguments & ChangeArguments;

/** `hooks set TYPE/NAME…`: writes hook annotations. */
export async function runHooksSet(
  flags: HooksSetArguments & ConnectionArguments,
  context: CliContext,
): Promise<number> {
  readHookSettings(flags);
  const opened = await openCluster(flags, context);
  try {
    return await setHooks(flags, opened.cluster, context);
  } finally {
    opened.close();
  }
}

/** @returns the exit code @throws ArkError when nothing was changed */
export async function setHooks(
  flags: HooksSetArguments,
  cluster: Cluster,
  context: CliContext,
): Promise<number> {
  const hooks = readHookSettings(flags);
  const fetched = await fetchTargets(flags, cluster, context);
  if (fetched.targets.length + fetched.failures.length === 0) {
    throw new ArkError(
      "NotFound",
      `nothing matches ${flags.selector ?? ""} in namespace ${fetched.resolved.namespace}`,
    );
  }
  const patch = patchOf(hooks);
  const change: HookChange = {
    done: "hooks set",
    patchFor: () => patch,
    check: (target) => checkContainers(hooks.settings, target),
    note: (target) => noteOn(hooks, target),
  };
  return await changeHooks(change, fetched, { flags, cluster, context });
}

/** A recipe is set as a whole: where it has no hook of a phase, none is left of an earlier one. */
function patchOf({ settings, family, order, chosen }: HookSettings): AnnotationPatch {
  const patch = patchToSet(settings, { family, order });
  if (chosen === undefined || settings.length > 1) return patch;
  return { ...patchToUnset(settings[0]?.phase === "pre" ? ["post"] : ["pre"]), ...patch };
}

function noteOn({ settings, chosen }: HookSettings, target: HookTarget): string | undefined {
  const place = noteDefaultContainer(settings, target);
  const remarks = chosen ? remarksOnRecipe(chosen, settings[0]?.container ?? "", target) : [];
  const notes = [...(place === undefined ? [] : [place]), ...remarks];
  return notes.length === 0 ? undefined : notes.join("; ");
}

function checkContainers(
  settings: readonly HookSetting[],
  { view }: HookTarget,
): ArkError | undefined {
  const names = view.containers.map(({ name }) => name);
  if (names.length === 0) return new ArkError("Usage", "there is no container to run a hook in");
  const missing = settings
    .map(({ container }) => container)
    .find((container) => container !== undefined && !names.includes(container));
  if (missing === undefined) return undefined;
  return new ArkError("Usage", `no container "${missing}"${didYouMean(missing, names)}`, {
    hint: `There are these: ${names.join(", ")}.`,
  });
}

/** Says which container runs a hook that names none, where there is a choice. */
function noteDefaultContainer(
  settings: readonly HookSetting[],
  { view }: HookTarget,
): string | undefined {
  const [first, ...others] = view.containers.map(({ name }) => name);
  const isNamed = settings.every(({ container }) => container !== undefined);
  if (isNamed || first === undefined || others.length === 0) return undefined;
  return `runs in container ${first}, the first; choose with --container: ${others.join(", ")}`;
}
