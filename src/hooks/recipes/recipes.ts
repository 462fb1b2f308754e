import { ArkError } from "../../lib/errors.ts";
import { shorten } from "../../lib/shorten.ts";
import { didYouMean, suggest } from "../../lib/suggest.ts";
import { etcd } from "./etcd.ts";
import { fsfreeze } from "./fsfreeze.ts";
import { mongodb } from "./mongodb.ts";
import { mariadb, mysql } from "./mysql.ts";
import { postgresql, postgresqlDump } from "./postgresql.ts";
import type { Recipe, RecipeParameter, RecipeValues } from "./recipe.ts";
import { redis } from "./redis.ts";

/** All recipes, in the order in which they are shown. */
export const RECIPES: readonly Recipe[] = [
  fsfreeze,
  postgresql,
  postgresqlDump,
  mysql,
  mariadb,
  mongodb,
  redis,
  etcd,
];

/** @throws ArkError Usage, with what was probably meant */
export function findRecipe(name: string): Recipe {
  const found = RECIPES.find((recipe) => recipe.name === name);
  if (found) return found;
  throw new ArkError("Usage", `there is no recipe "${shorten(name)}"${meant(name)}`, {
    hint: `There are these: ${RECIPES.map((recipe) => recipe.name).join(", ")}. See kubectl ark hooks recipes.`,
  });
}

function meant(name: string): string {
  const word = name.toLowerCase();
  const names = RECIPES.map((recipe) => recipe.name);
  const other = RECIPES.find(
    ({ alsoKnownAs }) => suggest(word, alsoKnownAs).length > 0 && !names.includes(word),
  );
  const near = didYouMean(word, names);
  return near === "" && other ? `; did you mean ${other.name}?` : near;
}

/**
 * The values of a recipe's parameters, checked.
 * @throws ArkError Usage for an unknown name, a missing value or one that cannot be right
 */
export function readRecipeValues(
  recipe: Recipe,
  given: Readonly<Record<string, string>>,
): RecipeValues {
  const names = recipe.parameters.map(({ name }) => name);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const message = `recipe ${recipe.name} has no parameter "${shorten(unknown)}"${didYouMean(unknown, names)}`;
    throw new ArkError("Usage", message, { hint: `It has these: ${names.join(", ")}.` });
  }
  return Object.fromEntries(
    recipe.parameters.map((parameter) => [
      parameter.name,
      readValue(
        recipe,
        parameter,
        Object.hasOwn(given, parameter.name) ? given[parameter.name] : undefined,
      ),
    ]),
  );
}

function readValue(recipe: Recipe, parameter: RecipeParameter, value: string | undefined): string {
  const { name, meaning, example, required } = parameter;
  if (value === undefined) {
    if (!required) return "";
    throw new ArkError("Usage", `recipe ${recipe.name} needs ${name}: ${meaning}`, {
      hint: `Add --recipe-set ${name}=${example}, or what is right there.`,
    });
  }
  const problem = parameter.check(value);
  if (problem === undefined) return value;
  throw new ArkError("Usage", `--recipe-set ${name}: "${shorten(value)}" ${problem}`, {
    hint: `Write it like this: --recipe-set ${name}=${example}`,
  });
}

/** Values for an example: what must be given. */
export function exampleValues({ parameters }: Recipe): RecipeValues {
  return Object.fromEntries(
    parameters.map(({ name, example, required }) => [name, required ? example : ""]),
  );
}
