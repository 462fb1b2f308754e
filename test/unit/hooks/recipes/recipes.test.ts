import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import { parseHookCommand } from "../../../../src/hooks/parse-command.ts";
import type { Recipe } from "../../../../src/hooks/recipes/recipe.ts";
import {
  exampleValues,
  findRecipe,
  readRecipeValues,
  RECIPES,
} from "../../../../src/hooks/recipes/recipes.ts";
import { parseGoDuration } from "../../../../src/lib/duration.ts";
import { ArkError, hasCode } from "../../../../src/lib/errors.ts";

function hooksOf({ hooks }: Recipe) {
  return [hooks.pre, hooks.post].filter((hook) => hook !== undefined);
}

function refusal(name: string, given: Record<string, string>): string {
  try {
    readRecipeValues(findRecipe(name), given);
  } catch (error) {
    assert.ok(hasCode(error, "Usage"), String(error));
    return `${error.message} | ${error.hint ?? ""}`;
  }
  return "accepted";
}

suite("recipes", () => {
  for (const recipe of RECIPES) {
    test(`${recipe.name} says what it guarantees and what not, and its commands are whole`, () => {
      for (const sentence of [...recipe.guarantees, ...recipe.limits]) {
        assert.match(sentence, /^(?:[A-Z`$]|dump\.rdb|etcdctl).*[.]$/);
      }
      assert.ok(recipe.guarantees.length > 0 && recipe.limits.length > 0);
      assert.ok(recipe.programs.length > 0 && recipe.title !== "" && recipe.container !== "");
      for (const hook of hooksOf(recipe)) {
        const words = hook.command(exampleValues(recipe));
        assert.deepEqual(parseHookCommand(JSON.stringify(words)), { argv: words });
        assert.ok(words.every((word) => typeof word === "string" && !word.includes("undefined")));
        assert.ok(words[0] === recipe.programs[0], `${words[0]} is not named first`);
        assert.ok((parseGoDuration(hook.timeout) ?? 0) >= 60_000);
        // It stands in the address of a request, and proxies accept no long ones.
        assert.ok(encodeURIComponent(words.join(" ")).length < 4000);
      }
    });
  }

  test("names are unique, and other words for one lead to no other", () => {
    const words = RECIPES.flatMap(({ name, alsoKnownAs }) => [name, ...alsoKnownAs]);
    assert.equal(new Set(words).size, words.length);
  });

  for (const [typed, meant] of [
    ["postgres", "postgresql"],
    ["PostgreSQL", "postgresql"],
    ["pg", "postgresql"],
    ["mongo", "mongodb"],
    ["mysqldump", "mysql"],
    ["valkey", "redis"],
    ["fsfreze", "fsfreeze"],
    ["etdc", "etcd"],
  ] as const) {
    test(`"${typed}" is answered with ${meant}`, () => {
      assert.throws(() => findRecipe(typed), {
        code: "Usage",
        message: new RegExp(`^there is no recipe "${typed}"; did you mean ${meant}[ ?]`),
      });
    });
  }

  test("a word that is like none is answered with all of them, shortened", () => {
    assert.throws(
      () => findRecipe("x".repeat(100_000)),
      (error) =>
        error instanceof ArkError &&
        error.message.length < 200 &&
        RECIPES.every(({ name }) => error.hint?.includes(name)),
    );
  });
});

suite("values of a recipe", () => {
  const hostile = fc.oneof(
    fc.string({ unit: "binary", minLength: 1 }),
    fc.stringMatching(/^[ $'"`;&|<>()*?\\-]{1,20}$/),
  );

  for (const recipe of RECIPES) {
    test(`${recipe.name}: each is one word of the commands as it stands, or refused`, () => {
      fc.assert(
        fc.property(hostile, fc.nat(recipe.parameters.length - 1), (text, index) => {
          const { name = "", required } = recipe.parameters[index] ?? {};
          const value = name === "path" ? `/${text}` : text;
          const others = required ? {} : exampleValues(recipe);
          const given = { ...exampleValues(recipe), ...others, [name]: value };
          const set = Object.fromEntries(Object.entries(given).filter(([, other]) => other !== ""));
          let values;
          try {
            values = readRecipeValues(recipe, set);
          } catch (error) {
            assert.ok(hasCode(error, "Usage"), String(error));
            return;
          }
          assert.equal(values[name], value);
          for (const hook of hooksOf(recipe)) {
            const words = hook.command(values);
            const plain = hook.command({
              ...values,
              [name]: recipe.parameters[index]?.example ?? "",
            });
            const changed = words.filter((word, at) => word !== plain[at]);
            assert.equal(words.length, plain.length);
            assert.ok(changed.length <= 1 && words[0] === plain[0]);
            if (words[0] === "sh") assert.equal(words[2], plain[2], "it is in the script");
          }
        }),
      );
    });
  }

  for (const [recipe, given, message] of [
    ["fsfreeze", {}, /needs path: .* \| Add --recipe-set path=\/data/],
    ["fsfreeze", { path: "" }, /--recipe-set path: "" is empty/],
    ["fsfreeze", { path: "data" }, /"data" is no absolute path/],
    ["fsfreeze", { path: "--unfreeze" }, /no absolute path/],
    ["fsfreeze", { path: "/" }, /the container's root/],
    ["fsfreeze", { path: "//" }, /the container's root/],
    ["fsfreeze", { path: "/data/.." }, /has \. or \.\. in it/],
    ["fsfreeze", { path: "/a\nb" }, /control character/],
    ["fsfreeze", { path: "/a\0" }, /control character/],
    ["fsfreeze", { path: `/${"a".repeat(5000)}` }, /longer than 4096/],
    ["fsfreeze", { pat: "/data" }, /no parameter "pat"; did you mean path\? \| It has these: path/],
    ["postgresql", { path: "/data" }, /no parameter "path".*user, database/],
    ["postgresql", Object.fromEntries([["__proto__", "x"]]), /no parameter "__proto__"/],
    ["postgresql", { database: "host=a password=b" }, /connection string/],
    ["postgresql", { database: "postgresql://u:p@h/d" }, /connection string/],
    ["redis", { port: "0" }, /no port/],
    ["redis", { port: "65536" }, /no port/],
    ["redis", { port: "6379 -a x" }, /no port/],
    ["etcd", { path: "/b", endpoint: "https://u:p@h:2379" }, /not one endpoint/],
    ["etcd", { path: "/b", endpoint: "a:1,b:2" }, /not one endpoint/],
    ["etcd", { path: "/b", key: "-k" }, /no absolute path/],
  ] as const) {
    test(`${recipe} with ${JSON.stringify(given).slice(0, 60)} is refused`, () => {
      assert.match(refusal(recipe, given), message);
    });
  }

  test("etcd is given what was set, and nothing else: the environment may have the rest", () => {
    const { hooks } = findRecipe("etcd");
    assert.deepEqual(hooks.pre.command({ path: "/b/" }), [
      "etcdctl",
      "snapshot",
      "save",
      "/b/etcd-snapshot.db",
    ]);
    const [, ...words] = hooks.pre.command({ path: "/b", endpoint: "h:1", key: "/k", cert: "" });
    assert.deepEqual(words.slice(0, 2), ["--endpoints=h:1", "--key=/k"]);
  });
});
