import type { HookPhase } from "../../hooks/hook.ts";
import type { Recipe, RecipeHook, RecipeParameter } from "../../hooks/recipes/recipe.ts";
import { exampleValues } from "../../hooks/recipes/recipes.ts";
import { joinShellWords } from "../../lib/shell-quote.ts";
import { formatTable } from "./table.ts";

const PHASES: readonly HookPhase[] = ["pre", "post"];

/** The table of `hooks recipes`. */
export function formatRecipes(
  recipes: readonly Recipe[],
  options: { readonly "no-headers"?: boolean | undefined },
): string {
  return formatTable(
    ["NAME", "FOR", "PRE", "POST"],
    recipes.map(({ name, title, hooks }) => [name, title, hooks.pre.does, hooks.post?.does ?? ""]),
    { noHeaders: options["no-headers"] },
  );
}

/** All that is to be known of a recipe, for people. @param width of the terminal, in characters */
export function formatRecipe(recipe: Recipe, width: number): string {
  const { name, title, container, programs, privileged, credentials, parameters } = recipe;
  return [
    `${name}: ${title}`,
    "",
    ...wrap(`Container: ${container}`, width),
    `Programs:  ${programs.join(", ")}`,
    `Privilege: ${privileged ? "a privileged container" : "none"}`,
    ...(credentials === undefined ? [] : wrap(`Login:     ${credentials}`, width)),
    "",
    "Parameters (--recipe-set NAME=VALUE):",
    ...parameters.flatMap((parameter) => wrap(`  ${describeParameter(parameter)}`, width, 4)),
    "",
    ...PHASES.flatMap((phase) => describeHook(phase, recipe.hooks[phase], recipe)),
    "It guarantees, when its hooks succeeded:",
    ...recipe.guarantees.flatMap((sentence) => wrap(`- ${sentence}`, width, 2)),
    "",
    "What to know before:",
    ...recipe.limits.flatMap((sentence) => wrap(`- ${sentence}`, width, 2)),
    "",
    "Example:",
    `  ${exampleOf(recipe)}`,
    "",
  ].join("\n");
}

/** What a command line with the recipe looks like, for a reader to change. */
export function exampleOf({ name, exampleTarget, parameters }: Recipe): string {
  const values = parameters
    .filter(({ required }) => required)
    .map((parameter) => ` --recipe-set ${parameter.name}=${parameter.example}`);
  return `kubectl ark hooks set ${exampleTarget} --recipe ${name}${values.join("")}`;
}

/** A recipe for programs; commands are shown with the values of the example. */
export function recipeItem(recipe: Recipe): Record<string, unknown> {
  const { name, title, container, programs, privileged, credentials, parameters } = recipe;
  return {
    name,
    title,
    container,
    programs,
    privileged,
    credentials,
    parameters: parameters.map(parameterItem),
    ...Object.fromEntries(PHASES.map((phase) => [phase, hookItem(recipe.hooks[phase], recipe)])),
    guarantees: recipe.guarantees,
    limits: recipe.limits,
    example: exampleOf(recipe),
  };
}

function parameterItem({ name, meaning, required, otherwise, example }: RecipeParameter): unknown {
  return { name, meaning, required, default: otherwise, example };
}

function hookItem(hook: RecipeHook | undefined, recipe: Recipe): unknown {
  if (hook === undefined) return undefined;
  const { does, timeout, onError } = hook;
  return { does, command: hook.command(exampleValues(recipe)), timeout, onError };
}

function describeParameter({
  name,
  meaning,
  required,
  otherwise,
  example,
}: RecipeParameter): string {
  const rule = required ? `must be given, such as ${example}` : `default: ${otherwise ?? "none"}`;
  return `${name}: ${meaning} (${rule})`;
}

function describeHook(phase: HookPhase, hook: RecipeHook | undefined, recipe: Recipe): string[] {
  const title = phase === "pre" ? "Pre hook: " : "Post hook:";
  if (hook === undefined) return [`${title} none, there is nothing to undo`, ""];
  const words = joinShellWords(hook.command(exampleValues(recipe)));
  return [
    `${title} ${hook.does} (time-out ${hook.timeout}, on error ${hook.onError})`,
    ...words.split("\n").map((line) => `  ${line}`),
    "",
  ];
}

/** Lines no longer than `width` where the words allow it; all but the first are indented. */
function wrap(text: string, width: number, indent = 11): string[] {
  const lines: string[] = [];
  const [, start = "", rest = ""] = /^(\s*)(.*)$/.exec(text) ?? [];
  let line = start;
  for (const word of rest.split(/ (?! )/)) {
    const isFirst = line.trim() === "";
    const longer = isFirst ? `${line}${word}` : `${line} ${word}`;
    if (isFirst || longer.length <= width) line = longer;
    else {
      lines.push(line);
      line = `${" ".repeat(indent)}${word}`;
    }
  }
  return [...lines, line];
}
