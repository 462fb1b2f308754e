import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { needsNoPostHook } from "../../../src/hooks/needs-no-post-hook.ts";
import { exampleValues, RECIPES } from "../../../src/hooks/recipes/recipes.ts";

suite("whether a pre hook needs a post hook", () => {
  for (const recipe of RECIPES) {
    const { name, hooks } = recipe;
    test(`recipe ${name} ${hooks.post ? "does" : "does not"}`, () => {
      assert.equal(needsNoPostHook(hooks.pre.command(exampleValues(recipe))), !hooks.post);
    });
  }

  for (const [isNeedless, ...command] of [
    [true, "psql", "-c", "checkpoint"],
    [true, "redis-cli", "-p", "6379", "SAVE"],
    [true, "sh", "-c", "mysqldump --all-databases >/data/all.sql"],
    [false, "sh", "-c", "pg_dump app >/data/app.sql && fsfreeze -f /data"],
    [false, "mysql", "-e", "SET GLOBAL read_only = 1; -- before mysqldump"],
    [false, "sh", "-c", "psql -c CHECKPOINT && supervisorctl stop app"],
    [false, "iptables", "save"],
    [false, "quiesce"],
    [false],
  ] as const) {
    test(`"${command.join(" ")}" ${isNeedless ? "does not" : "does"}`, () => {
      assert.equal(needsNoPostHook(command), isNeedless);
    });
  }
});
