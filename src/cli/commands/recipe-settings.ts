import type { Recipe, RecipeValues } from "../../hooks/recipes/recipe.ts";
import { findRecipe, readRecipeValues } from "../../hooks/recipes/recipes.ts";
import { ArkError } from "../../lib/errors.ts";
import { parseKeyValues } from "../flags.ts";

/** The flags of `hooks set` that choose a recipe. */
export type RecipeArguments = {
  readonly recipe?: string | undefined;
  readonly "recipe-set"?: readonly string[] | undefined;
};

export type ChosenRecipe = { readonly recipe: Recipe; readonly values: RecipeValues };

/** @throws ArkError Usage: an unknown recipe, a missing value or one that cannot be right */
export function readRecipe(flags: RecipeArguments): ChosenRecipe | undefined {
  const pairs = flags["recipe-set"] ?? [];
  if (flags.recipe === undefined) {
    if (pairs.length === 0) return undefined;
    throw new ArkError("Usage", "--recipe-set is given, but no --recipe", {
      hint: "Add --recipe NAME; kubectl ark hooks recipes lists them.",
    });
  }
  const recipe = findRecipe(flags.recipe);
  return { recipe, values: readRecipeValues(recipe, parseKeyValues(pairs, "recipe-set")) };
}
