import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import {
  isChangedBy,
  mergePatchAt,
  patchAnnotations,
  patchObjectAt,
  patchToSet,
  patchToUnset,
} from "../../../src/hooks/edit-hooks.ts";
import { annotationHook } from "../../../src/hooks/from-annotations.ts";
import { aPod } from "../../support/hook-builders.ts";
import { mergePatch } from "../../support/fake-api-server/patches.ts";

suite("annotations of a hook that is set", () => {
  test("a hook with everything has four annotations, the command as a JSON array", () => {
    const setting = {
      phase: "pre",
      command: ["sh", "-c", 'echo "a b"'],
      container: "db",
      onError: "Continue",
      timeout: "1m30s",
    } as const;
    assert.deepEqual(patchToSet([setting], { family: "ark" }), {
      "pre.hook.backup.ark.heptio.com/command": '["sh","-c","echo \\"a b\\""]',
      "pre.hook.backup.ark.heptio.com/container": "db",
      "pre.hook.backup.ark.heptio.com/on-error": "Continue",
      "pre.hook.backup.ark.heptio.com/timeout": "1m30s",
    });
  });

  test("what is not given is removed, so that an older hook leaves nothing behind", () => {
    const patch = patchToSet([{ phase: "post", command: ["true"] }], {
      family: "velero",
      order: -3,
    });
    assert.deepEqual(patch, {
      "post.hook.backup.velero.io/command": '["true"]',
      "post.hook.backup.velero.io/container": null,
      "post.hook.backup.velero.io/on-error": null,
      "post.hook.backup.velero.io/timeout": null,
      "hook.backup.velero.io/order": "-3",
    });
  });

  test("any argv is read back by a backup as it was set, in both families", () => {
    const argv = fc
      .array(fc.string({ unit: "grapheme" }), { minLength: 1 })
      .filter(([first]) => first !== "");
    fc.assert(
      fc.property(
        argv,
        fc.constantFrom("ark", "velero"),
        fc.constantFrom("pre", "post"),
        (command, family, phase) => {
          const patch = patchToSet([{ phase, command, timeout: "5s" }], { family });
          const view = aPod({ annotations: patchAnnotations({ mine: "stays" }, patch) });
          const { hook, warnings } = annotationHook(view, phase);
          assert.deepEqual(hook?.command, command);
          assert.equal(hook?.timeoutMs, 5000);
          assert.deepEqual([...warnings, ...hook.warnings], []);
        },
      ),
    );
  });
});

suite("annotations of hooks that are unset", () => {
  const all = {
    "pre.hook.backup.ark.heptio.com/command": "a",
    "hook.backup.ark.heptio.com/timeout": "1s",
    "pre.hook.backup.velero.io/on-error": "Fail",
    "hook.backup.velero.io/container": "c",
    "post.hook.backup.ark.heptio.com/command": "b",
    "post.hook.backup.velero.io/command": "b",
    "hook.backup.ark.heptio.com/order": "1",
    other: "stays",
  };

  test("both phases take every family and form with them, and the order", () => {
    assert.deepEqual(patchAnnotations(all, patchToUnset(["pre", "post"])), { other: "stays" });
  });

  test("the pre phase takes the keys without a prefix, and leaves post and order", () => {
    assert.deepEqual(Object.keys(patchAnnotations(all, patchToUnset(["pre"]))), [
      "post.hook.backup.ark.heptio.com/command",
      "post.hook.backup.velero.io/command",
      "hook.backup.ark.heptio.com/order",
      "other",
    ]);
  });

  test("nothing is changed where there is no hook", () => {
    assert.equal(isChangedBy({ other: "stays" }, patchToUnset(["pre", "post"])), false);
    assert.equal(isChangedBy(all, patchToUnset(["post"])), true);
  });
});

suite("patches of an object", () => {
  test("a merge patch names nothing but the annotations", () => {
    assert.deepEqual(mergePatchAt(["spec", "template", "metadata", "annotations"], { a: null }), {
      spec: { template: { metadata: { annotations: { a: null } } } },
    });
  });

  test("the client's result is what a server makes of the merge patch", () => {
    const path = ["spec", "template", "metadata", "annotations"];
    const key = fc.constantFrom("a", "b", "c");
    const value = fc.option(fc.string(), { nil: null });
    const annotations = fc.dictionary(key, fc.string());
    const object = fc.oneof(
      fc.constant({ kind: "X" }),
      fc.constant({ spec: { template: { metadata: null }, replicas: 1 } }),
      annotations.map((existing) => ({
        spec: { template: { metadata: { annotations: existing } } },
      })),
    );
    fc.assert(
      fc.property(object, fc.dictionary(key, value), (before, patch) => {
        const expected: unknown = mergePatch(before, mergePatchAt(path, patch));
        assert.deepEqual(
          JSON.stringify(patchObjectAt(before, path, patch)),
          JSON.stringify(expected),
        );
      }),
    );
  });
});
