import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { HookChecker } from "../../../../src/hooks/check/check-hooks.ts";
import { patchAnnotations, patchToSet } from "../../../../src/hooks/edit-hooks.ts";
import { readHookTarget } from "../../../../src/hooks/hook-target.ts";
import { RECIPES } from "../../../../src/hooks/recipes/recipes.ts";
import { rawObjectFromJson } from "../../../../src/cluster/raw-object.ts";
import { pod } from "../../../support/builders.ts";
import { MemoryCluster } from "../../../support/memory-cluster.ts";

suite("hooks check", () => {
  for (const { name, hooks, parameters } of RECIPES) {
    test(`has nothing against the recipe ${name}`, () => {
      const values: Record<string, string> = {};
      for (const { name: key, required, example } of parameters) {
        values[key] = required ? example : "";
      }
      const settings = (["pre", "post"] as const).flatMap((phase) => {
        const hook = hooks[phase];
        return hook ? [{ phase, command: hook.command(values), timeout: hook.timeout }] : [];
      });
      const annotations = patchAnnotations<string>({}, patchToSet(settings, { family: "ark" }));
      const object = pod("shop/db", { annotations });
      const target = readHookTarget(
        rawObjectFromJson(Buffer.from(JSON.stringify(object))),
        new MemoryCluster().resource("pods"),
      );
      const checker = new HookChecker();
      checker.checkPod(target, undefined);
      const rules = checker.finish(true).findings.map(({ rule }) => rule);
      assert.deepEqual(rules, []);
    });
  }
});
