import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { runProgram } from "../../../../src/cli/program.ts";
import { RECIPES } from "../../../../src/hooks/recipes/recipes.ts";
import { capturedContext } from "../../../support/captured-context.ts";

/** Without a kubeconfig: no cluster is needed. */
async function ark(...words: readonly string[]) {
  const context = capturedContext({ env: {} });
  const code = await runProgram(["hooks", ...words], context);
  return { code, output: context.output(), errors: context.errors() };
}

suite("hooks recipes", () => {
  test("lists them in a table", async () => {
    const { code, output, errors } = await ark("recipes");
    assert.deepEqual([code, errors], [0, ""]);
    const [headers = "", ...rows] = output.trimEnd().split("\n");
    assert.deepEqual(headers.split(/ {3,}/), ["NAME", "FOR", "PRE", "POST"]);
    assert.deepEqual(
      rows.map((row) => row.split(" ")[0]),
      RECIPES.map(({ name }) => name),
    );
    assert.match(output, /^fsfreeze .* fsfreeze --freeze PATH +fsfreeze --unfreeze PATH$/m);
    assert.doesNotMatch((await ark("recipes", "--no-headers")).output, /NAME/);
  });

  for (const { name, guarantees, limits, programs } of RECIPES) {
    test(`shows ${name} whole, in lines that fit, with an example that is accepted`, async () => {
      const { code, output } = await ark("recipes", name);
      assert.equal(code, 0);
      const text = output.replaceAll(/\s+/g, " ");
      for (const part of [...guarantees, ...limits, ...programs]) assert.ok(text.includes(part));
      const prose = output.slice(output.indexOf("It guarantees"));
      const lines = prose.split("\n").filter((line) => !line.includes("kubectl ark"));
      assert.ok(lines.every((line) => line.length <= 100));
      const example = /^ {2}kubectl ark hooks (set .*)$/m.exec(output)?.[1] ?? "";
      const { errors } = await ark(...example.split(" "));
      // It came as far as asking for a cluster.
      assert.match(errors, /kubeconfig|cluster/i);
      assert.doesNotMatch(errors, /recipe/);
    });
  }

  test("-o json and yaml carry the words of the commands", async () => {
    const list: unknown = JSON.parse((await ark("recipes", "-o", "json")).output);
    assert.ok(typeof list === "object" && list !== null && "items" in list);
    assert.ok(Array.isArray(list.items));
    assert.equal(list.items.length, RECIPES.length);
    const one: unknown = JSON.parse((await ark("recipes", "fsfreeze", "-o", "json")).output);
    assert.ok(typeof one === "object" && one !== null && "pre" in one);
    assert.deepEqual(one.pre, {
      does: "fsfreeze --freeze PATH",
      command: ["fsfreeze", "--freeze", "/data"],
      timeout: "1m",
      onError: "Fail",
    });
    assert.match((await ark("recipes", "redis", "-o", "yaml")).output, /^name: redis\n/);
  });

  for (const [words, message] of [
    [["recipes", "mongo"], /no recipe "mongo"; did you mean mongodb\?/],
    [["recipes", "redis", "-o", "wide"], /wide/],
    [["set", "pod/a", "--recipe", "pg"], /did you mean postgresql\?/],
    [["set", "pod/a", "--recipe", ""], /no recipe ""/],
    [["set", "pod/a", "--recipe", "fsfreeze"], /Add --recipe-set path=\/data/],
    [["set", "pod/a", "--recipe-set", "path=/data"], /Add --recipe NAME/],
    [["set", "pod/a", "--recipe", "redis", "--recipe-set", "6379"], /not of the form key=value/],
    [["set", "pod/a", "--recipe", "redis", "--recipe-set", "port=x"], /"x" is no port/],
    [["set", "pod/a", "--recipe", "redis", "--pre", "sync"], /redis has a pre hook, and another/],
    [["set", "pod/a", "--recipe", "redis", "--phase", "pre", "--", "x"], /and another is given/],
    [["set", "pod/a", "--recipe", "redis", "--post-timeout", "3s"], /no post hook/],
  ] as const) {
    test(`"hooks ${words.join(" ")}" is refused before a cluster is asked`, async () => {
      const { code, errors } = await ark(...words);
      assert.equal(code, 2);
      assert.match(errors, message);
    });
  }
});
