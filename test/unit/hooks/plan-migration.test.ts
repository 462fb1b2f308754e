import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import { hookKeysOf, ORDER_KEYS } from "../../../src/hooks/annotation-keys.ts";
import { patchAnnotations } from "../../../src/hooks/edit-hooks.ts";
import { annotationHook, annotationOrder } from "../../../src/hooks/from-annotations.ts";
import { planMigration } from "../../../src/hooks/plan-migration.ts";
import { aPod } from "../../support/hook-builders.ts";

const ARK = "hook.backup.ark.heptio.com";
const VELERO = "hook.backup.velero.io";
type Annotations = Readonly<Record<string, string>>;

function migrate(annotations: Annotations, to: "ark" | "velero" = "ark", force = false) {
  const { patch, conflicts } = planMigration(aPod({ annotations }), { to, force });
  return { after: patchAnnotations(annotations, patch), patch, conflicts };
}

/** What a pod with these annotations would run. */
function hooksOf(annotations: Annotations): unknown {
  const view = aPod({ annotations });
  const meaning = (phase: "pre" | "post") => {
    const { hook } = annotationHook(view, phase);
    return hook && [hook.command, hook.container || "foo", hook.onError, hook.timeoutMs];
  };
  return [meaning("pre"), meaning("post"), annotationOrder(view).value];
}

suite("migrating hook annotations", () => {
  for (const [what, before, after] of [
    [
      "legacy keys become pre. keys, values as they are",
      { [`${ARK}/command`]: "/bin/ls -l", [`${ARK}/timeout`]: "300" },
      { [`pre.${ARK}/command`]: "/bin/ls -l", [`pre.${ARK}/timeout`]: "300" },
    ],
    [
      "Velero's keys become Ark's, in both phases",
      { [`pre.${VELERO}/command`]: "a", [`post.${VELERO}/command`]: "b", [`${VELERO}/order`]: "1" },
      { [`pre.${ARK}/command`]: "a", [`post.${ARK}/command`]: "b", [`${ARK}/order`]: "1" },
    ],
    [
      "Velero's legacy keys too",
      { [`${VELERO}/command`]: "a", [`${VELERO}/container`]: "c" },
      { [`pre.${ARK}/command`]: "a", [`pre.${ARK}/container`]: "c" },
    ],
    [
      "keys that say the same are joined",
      { [`pre.${ARK}/command`]: '["a"]', [`pre.${VELERO}/command`]: "a" },
      { [`pre.${ARK}/command`]: '["a"]' },
    ],
    [
      "settings without a command that are empty go away",
      { [`pre.${VELERO}/command`]: "a", [`pre.${ARK}/timeout`]: "" },
      { [`pre.${ARK}/command`]: "a" },
    ],
    [
      "misspelt keys and others are not touched",
      { [`pre.${VELERO}/comand`]: "a", "example.com/x": "y" },
      { [`pre.${VELERO}/comand`]: "a", "example.com/x": "y" },
    ],
  ] as const) {
    test(what, () => {
      const result = migrate(before);
      assert.deepEqual([result.after, result.conflicts], [after, []]);
    });
  }

  test("to velero.io, the other way", () => {
    const { after } = migrate({ [`${ARK}/command`]: "a", [`post.${ARK}/command`]: "b" }, "velero");
    assert.deepEqual(after, { [`pre.${VELERO}/command`]: "a", [`post.${VELERO}/command`]: "b" });
  });

  test("keys that contradict each other are left alone, the other phase is moved", () => {
    const pre = { [`pre.${ARK}/command`]: "a", [`pre.${VELERO}/command`]: "b" };
    const { after, conflicts } = migrate({ ...pre, [`post.${VELERO}/command`]: "c" });
    assert.deepEqual(after, { ...pre, [`post.${ARK}/command`]: "c" });
    assert.deepEqual(conflicts, [
      `pre.${VELERO}/command differs from pre.${ARK}/command, which wins now`,
    ]);
  });

  test("with force what wins now is kept, also under Velero's keys", () => {
    const annotations = { [`pre.${ARK}/command`]: "a", [`pre.${VELERO}/command`]: "b" };
    assert.deepEqual(migrate(annotations, "ark", true).after, { [`pre.${ARK}/command`]: "a" });
    assert.deepEqual(migrate(annotations, "velero", true).after, {
      [`pre.${VELERO}/command`]: "a",
    });
  });

  test("a setting that has no effect now would get one: a conflict", () => {
    const annotations = { [`pre.${VELERO}/command`]: "a", [`pre.${ARK}/timeout`]: "5m" };
    const { patch, conflicts } = migrate(annotations);
    assert.deepEqual(patch, {});
    assert.deepEqual(conflicts, [`pre.${ARK}/timeout has no effect now, and would be removed`]);
    assert.deepEqual(migrate(annotations, "ark", true).after, { [`pre.${ARK}/command`]: "a" });
  });

  test("orders that differ are a conflict, equal ones are joined", () => {
    const [ark = "", velero = ""] = ORDER_KEYS;
    assert.equal(migrate({ [ark]: "1", [velero]: "2" }).conflicts.length, 1);
    assert.deepEqual(migrate({ [ark]: "1", [velero]: "1" }).after, { [ark]: "1" });
    assert.deepEqual(migrate({ [ark]: "1", [velero]: "2" }, "velero", true).after, {
      [velero]: "1",
    });
  });

  const keys = [
    ...ORDER_KEYS,
    ...(["pre", "post"] as const)
      .flatMap(hookKeysOf)
      .flatMap((set) => [set.command, set.container, set.onError, set.timeout]),
  ];
  const anyAnnotations = fc.dictionary(
    fc.constantFrom(...keys, "example.com/x"),
    fc.constantFrom("", "a", '["a"]', "Continue", "5s", "300", "1"),
  );
  const anyGoal = fc.record({
    to: fc.constantFrom("ark" as const, "velero" as const),
    force: fc.boolean(),
  });

  test("whatever there is: the same hooks run afterwards, and a second time changes nothing", () => {
    fc.assert(
      fc.property(anyAnnotations, anyGoal, (annotations, goal) => {
        const { patch } = planMigration(aPod({ annotations }), goal);
        const after = patchAnnotations(annotations, patch);
        assert.deepEqual(hooksOf(after), hooksOf(annotations));
        assert.deepEqual(planMigration(aPod({ annotations: after }), goal).patch, {});
        assert.equal(after["example.com/x"], annotations["example.com/x"]);
      }),
    );
  });
});
