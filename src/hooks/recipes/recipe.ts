import type { HookPhase, OnError } from "../hook.ts";

/** The values of a recipe's parameters, by name; one that is not set and has no default is "". */
export type RecipeValues = Readonly<Record<string, string>>;

export type RecipeParameter = {
  readonly name: string;
  readonly meaning: string;
  /** Whether it must be given: nobody can guess where a volume is mounted. */
  readonly required: boolean;
  /** A plain value to show how it is written. */
  readonly example: string;
  /** What counts when it is not given, for people; `required` parameters have none. */
  readonly otherwise?: string;
  /** @returns what is wrong with a value, worded to follow it: `is no absolute path` */
  check(value: string): string | undefined;
};

/** A hook of a recipe. The values stand in argv as words of their own, never inside a script. */
export type RecipeHook = {
  /** A few words for a table: "CHECKPOINT". */
  readonly does: string;
  command(values: RecipeValues): readonly string[];
  /** A Go duration: "5m". */
  readonly timeout: string;
  readonly onError: OnError;
};

/** A pair of hooks that is known to do what it says. */
export type Recipe = {
  readonly name: string;
  /** What it is for: "PostgreSQL". */
  readonly title: string;
  /** Other words for it, to recognise what was meant. */
  readonly alsoKnownAs: readonly string[];
  /** Where the hooks run, as plain sentences. */
  readonly container: string;
  /** Programs that the container must have; "a or b" where one of them is enough. */
  readonly programs: readonly string[];
  /** Whether the container must be privileged. */
  readonly privileged: boolean;
  /** Where the user name and password come from; never from the command's words. */
  readonly credentials?: string;
  readonly parameters: readonly RecipeParameter[];
  readonly hooks: Readonly<Partial<Record<HookPhase, RecipeHook>>> & { readonly pre: RecipeHook };
  /** Plain sentences: what one can rely on after a backup in which the hooks succeeded. */
  readonly guarantees: readonly string[];
  /** Plain sentences: what one cannot. */
  readonly limits: readonly string[];
  /** The words after `kubectl ark hooks set`, apart from the recipe's own. */
  readonly exampleTarget: string;
};
