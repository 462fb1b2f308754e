import { findRecipe, RECIPES } from "../../hooks/recipes/recipes.ts";
import type { CliContext } from "../cli-context.ts";
import { EXIT } from "../exit-codes.ts";
import { formatRecipe, formatRecipes, recipeItem } from "../print/recipes.ts";
import { formatStructured } from "../print/structured.ts";

export type HooksRecipesArguments = {
  readonly name?: string | undefined;
  readonly output?: "json" | "yaml" | undefined;
  readonly "no-headers"?: boolean | undefined;
};

/** `hooks recipes [NAME]`: needs no cluster. @returns the exit code @throws ArkError Usage for an unknown name */
export function runHooksRecipes(
  { name, output, ...flags }: HooksRecipesArguments,
  { stdout }: Pick<CliContext, "stdout">,
): number {
  if (name === undefined) {
    const items = { items: RECIPES.map(recipeItem) };
    stdout.write(output ? formatStructured(items, output) : formatRecipes(RECIPES, flags));
    return EXIT.ok;
  }
  const recipe = findRecipe(name);
  const width = Math.min((stdout.isTTY ? stdout.columns : undefined) ?? 100, 100);
  stdout.write(output ? formatStructured(recipeItem(recipe), output) : formatRecipe(recipe, width));
  return EXIT.ok;
}
