import type { HookSetting, KeyFamily } from "../../hooks/edit-hooks.ts";
import type { HookPhase, OnError } from "../../hooks/hook.ts";
import { parseGoDuration } from "../../lib/duration.ts";
import { ArkError } from "../../lib/errors.ts";
import type { RecipeHook } from "../../hooks/recipes/recipe.ts";
import { checkCommand, parseCommandFlag } from "./hook-command.ts";
import { type ChosenRecipe, readRecipe, type RecipeArguments } from "./recipe-settings.ts";

type Text = string | undefined;

/** The flags of `hooks set` that say what the hooks are, as yargs leaves them. */
export type SettingArguments = RecipeArguments & {
  readonly pre?: readonly string[] | undefined;
  readonly post?: readonly string[] | undefined;
  readonly phase?: HookPhase | undefined;
  /** The words after `--`. */
  readonly "--"?: readonly string[] | undefined;
  readonly container?: Text;
  readonly "pre-container"?: Text;
  readonly "post-container"?: Text;
  readonly "on-error"?: Text;
  readonly "pre-on-error"?: Text;
  readonly "post-on-error"?: Text;
  readonly timeout?: Text;
  readonly "pre-timeout"?: Text;
  readonly "post-timeout"?: Text;
  readonly order?: Text;
  readonly keys: KeyFamily;
};

export type HookSettings = {
  readonly settings: readonly HookSetting[];
  readonly family: KeyFamily;
  readonly order: number | undefined;
  /** What they were made from, if not from commands alone. */
  readonly chosen?: ChosenRecipe | undefined;
};

/** Reads and checks what is to be set, before the cluster is asked anything. @throws ArkError Usage */
export function readHookSettings(flags: SettingArguments): HookSettings {
  const afterDashes = flags["--"] ?? [];
  if (flags.phase === undefined && afterDashes.length > 0) {
    throw new ArkError("Usage", "there is a command after -- and no --phase", {
      hint: "Add --phase pre or --phase post.",
    });
  }
  const chosen = readRecipe(flags);
  const settings = (["pre", "post"] as const).flatMap((phase) => {
    const command = commandOf(phase, flags, afterDashes);
    const hook = chosen?.recipe.hooks[phase];
    if (chosen && hook) {
      if (command !== undefined) throw bothGiven(phase, chosen);
      const words = checkCommand(hook.command(chosen.values), "--recipe");
      return [readSetting(phase, words, flags, hook)];
    }
    if (command !== undefined) return [readSetting(phase, command, flags)];
    assertNothingFor(phase, flags);
    return [];
  });
  if (settings.length === 0 && !setsOrderOnly(flags)) {
    throw new ArkError("Usage", "there is no hook to set", {
      hint: "Give --pre COMMAND, --post COMMAND, --phase pre -- COMMAND, or --recipe NAME.",
    });
  }
  return { settings, family: flags.keys, order: readOrder(flags.order), chosen };
}

/** The order stands in an annotation of its own, so that hooks that are there need not be said again. */
function setsOrderOnly(flags: SettingArguments): boolean {
  const names = ["container", "on-error", "timeout"] as const;
  return flags.order !== undefined && names.every((name) => flags[name] === undefined);
}

function bothGiven(phase: HookPhase, { recipe }: ChosenRecipe): ArkError {
  return new ArkError("Usage", `recipe ${recipe.name} has a ${phase} hook, and another is given`, {
    hint: `Leave one of them out. To change the recipe's, see its words: kubectl ark hooks recipes ${recipe.name}`,
  });
}

function commandOf(
  phase: HookPhase,
  flags: SettingArguments,
  afterDashes: readonly string[],
): readonly string[] | undefined {
  const texts = flags[phase] ?? [];
  if (texts.length + (flags.phase === phase ? 1 : 0) > 1) {
    throw new ArkError("Usage", `there is more than one command for the ${phase} hook`, {
      hint: `A pod has one ${phase} hook by annotation. Join the commands: --phase ${phase} -- sh -c 'first && second'`,
    });
  }
  if (flags.phase === phase) return checkCommand(afterDashes, `--phase ${phase} --`);
  return texts[0] === undefined ? undefined : parseCommandFlag(texts[0], `--${phase}`);
}

function readSetting(
  phase: HookPhase,
  command: readonly string[],
  flags: SettingArguments,
  hook?: RecipeHook,
): HookSetting {
  const container = flags[`${phase}-container`] ?? flags.container;
  if (container === "") throw new ArkError("Usage", "--container is empty");
  return {
    phase,
    command,
    container,
    onError: readOnError(flags[`${phase}-on-error`] ?? flags["on-error"]) ?? hook?.onError,
    timeout: readTimeout(flags[`${phase}-timeout`] ?? flags.timeout) ?? hook?.timeout,
  };
}

function assertNothingFor(phase: HookPhase, flags: SettingArguments): void {
  const names = ["container", "on-error", "timeout"] as const;
  const stray = names.find((name) => flags[`${phase}-${name}`] !== undefined);
  if (stray === undefined) return;
  throw new ArkError("Usage", `--${phase}-${stray} is given, but no ${phase} hook`, {
    hint: `Add --${phase} COMMAND: a hook is always set as a whole.`,
  });
}

function readOnError(text: Text): OnError | undefined {
  if (text === undefined || text === "Fail" || text === "Continue") return text;
  throw new ArkError("Usage", `--on-error: "${text}" is neither Fail nor Continue`, {
    hint: /^(fail|continue)$/i.test(text) ? "Write it with a capital letter only." : undefined,
  });
}

function readTimeout(text: Text): Text {
  if (text === undefined) return undefined;
  const ms = parseGoDuration(text);
  if (ms !== undefined && ms > 0) return text;
  const isBare = /^\d+(\.\d+)?$/.test(text) && Number(text) > 0;
  const message = ms === undefined ? "is not a duration" : "is not more than nothing";
  throw new ArkError("Usage", `--timeout: "${text}" ${message}`, {
    hint: isBare ? `Write ${text}s for seconds.` : "Write it as 30s, 2m or 1m30s.",
  });
}

function readOrder(text: Text): number | undefined {
  if (text === undefined) return undefined;
  if (/^[+-]?\d{1,15}$/.test(text)) return Number(text);
  throw new ArkError("Usage", `--order: "${text}" is not a whole number`);
}
