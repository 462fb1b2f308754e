import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { suite, test } from "node:test";
import { exampleOf } from "../../../../src/cli/print/recipes.ts";
import { findRecipe, RECIPES } from "../../../../src/hooks/recipes/recipes.ts";

const document = readFileSync(resolve(import.meta.dirname, "../../../../docs/hooks.md"), "utf8");

/** What stands below the heading that names a recipe, in one line. */
function sectionOf(name: string): string {
  const headings = [...document.matchAll(/^### (.*)$/gm)];
  const heading = headings.find(([, words = ""]) => words.split(", ").includes(name));
  assert.ok(heading, `docs/hooks.md has no heading for ${name}`);
  const after = document.slice(heading.index + heading[0].length);
  return (after.split(/^##/m)[0] ?? "").replaceAll(/\s+/g, " ");
}

function toMariadb(sentence: string): string {
  return sentence.replaceAll("mysql", "mariadb");
}

suite("docs/hooks.md", () => {
  // They have one heading and say the same of themselves.
  for (const recipe of RECIPES.filter(({ name }) => name !== "mysql")) {
    test(`says of ${recipe.name} all that hooks recipes says`, () => {
      const section = sectionOf(recipe.name);
      const { container, credentials = "", guarantees, limits, parameters } = recipe;
      const meanings = parameters.map(({ name, meaning }) => `\`${name}\`, ${meaning}`);
      const parts = [container, credentials, ...guarantees, ...limits, ...meanings];
      for (const part of [...parts, exampleOf(recipe)]) {
        assert.ok(section.includes(part), `not in docs/hooks.md: ${part}`);
      }
    });
  }

  test("says the same of mysql as of mariadb", () => {
    assert.ok(sectionOf("mysql") === sectionOf("mariadb"));
    const [mysql, mariadb] = [findRecipe("mysql"), findRecipe("mariadb")];
    assert.deepEqual(mysql.guarantees.map(toMariadb), mariadb.guarantees.map(toMariadb));
    assert.deepEqual(mysql.limits, mariadb.limits);
  });

  test("says why what needs a session is not offered", () => {
    const text = document.replaceAll(/\s+/g, " ");
    assert.match(text, /\*\*Not offered\*\*.*FLUSH TABLES WITH READ LOCK.*pg_backup_start\(\)/);
  });
});
