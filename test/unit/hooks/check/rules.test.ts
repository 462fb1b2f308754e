import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { checkHooks } from "../../../../src/cli/commands/hooks-check.ts";
import type { Finding } from "../../../../src/hooks/check/finding.ts";
import { notChecked, programRules } from "../../../../src/hooks/check/program-rules.ts";
import { allRules } from "../../../../src/hooks/check/rules.ts";
import { specRules } from "../../../../src/hooks/check/spec-rules.ts";
import type { KubernetesObject } from "../../../../src/cluster/cluster.ts";
import { capturedContext } from "../../../support/captured-context.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import { correctObjects, hookFaults } from "../../../support/hook-faults.ts";
import { MemoryCluster } from "../../../support/memory-cluster.ts";

async function check(objects: readonly KubernetesObject[]) {
  const cluster = new MemoryCluster({ identity: { namespace: "shop" }, objects });
  const context = capturedContext();
  const ports = { cluster, clock: new FakeClock() };
  const code = await checkHooks({ output: "json" }, ports, context);
  const { items }: { items: Finding[] } = JSON.parse(context.output());
  return { code, items, errors: context.errors(), execs: cluster.execs };
}

suite("the rules of hooks check", () => {
  for (const { rule, label, objects, fix } of hookFaults) {
    test(`${rule} is found in its object, alone, with a way to mend it`, async () => {
      const { items, code } = await check(objects);
      const severity = allRules.find(({ id }) => id === rule)?.severity;
      assert.deepEqual(
        items.map((finding) => [finding.rule, finding.severity]),
        [[rule, severity]],
      );
      const [found] = items;
      assert.equal(`${found?.kind.toLowerCase()}/${found?.name}`, label.replace(".apps", ""));
      assert.match(found?.fix ?? "", fix);
      assert.equal(code, severity === "error" ? 1 : 0);
    });
  }

  test("all faults side by side are found, each once, and nothing is run in a pod", async () => {
    const objects = [...correctObjects, ...hookFaults.flatMap((fault) => fault.objects)];
    const { items, execs } = await check(objects);
    assert.deepEqual(
      items.map(({ rule }) => rule).toSorted(),
      hookFaults.map(({ rule }) => rule).toSorted(),
    );
    assert.deepEqual(execs, []);
  });

  test("correct hooks are passed over in silence", async () => {
    const { items, code, errors } = await check(correctObjects);
    assert.deepEqual(items, []);
    assert.equal(errors, "No problems found in 8 hooks of 4 pods.\n");
    assert.equal(code, 0);
  });

  test("every rule has its object, but those that a document or a container is needed for", () => {
    const elsewhere = [...specRules, ...Object.values(programRules), notChecked];
    assert.deepEqual(
      [...hookFaults.map(({ rule }) => rule), ...elsewhere.map(({ id }) => id)].toSorted(),
      allRules.map(({ id }) => id).toSorted(),
    );
  });
});
