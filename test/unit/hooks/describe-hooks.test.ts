import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { describeHooks, mentionsHooks, warnAboutHooks } from "../../../src/hooks/describe-hooks.ts";
import { aPod } from "../../support/hook-builders.ts";

const PRE = "pre.hook.backup.ark.heptio.com";
const POST = "post.hook.backup.velero.io";

suite("what annotations would run", () => {
  test("defaults are filled in", () => {
    const descriptions = describeHooks(aPod({ annotations: { [`${PRE}/command`]: '["sync"]' } }));
    assert.deepEqual(descriptions, [
      {
        phase: "pre",
        hook: {
          container: "foo",
          command: ["sync"],
          onError: "Fail",
          timeout: "30s",
          key: `${PRE}/command`,
        },
        order: null,
        notes: [],
      },
    ]);
  });

  test("settings and order are shown as they count", () => {
    const annotations = {
      [`${POST}/command`]: "thaw",
      [`${POST}/container`]: "foo",
      [`${POST}/on-error`]: "Continue",
      [`${POST}/timeout`]: "90s",
      "hook.backup.velero.io/order": "-2",
    };
    const [post] = describeHooks(aPod({ annotations }));
    assert.deepEqual(
      [post?.hook?.onError, post?.hook?.timeout, post?.order],
      ["Continue", "1m30s", -2],
    );
  });

  for (const [name, changes, note] of [
    [
      "a container that is not there",
      { [`${PRE}/container`]: "bar" },
      /no such container: "bar"; the pod has foo/,
    ],
    ["an empty command", { [`${PRE}/command`]: "[]" }, /command is required/],
    ["a time-out without unit", { [`${PRE}/timeout`]: "30" }, /timeout "30" is not a duration/],
    [
      "an order that is no number",
      { "hook.backup.velero.io/order": "first" },
      /"first" is not an integer/,
    ],
    ["a misspelt key", { [`${PRE}/comand`]: "x" }, /comand is not one of a hook; did you mean/],
  ] as const) {
    test(`${name} is remarked on`, () => {
      const annotations = { [`${PRE}/command`]: "x", ...changes };
      const notes = describeHooks(aPod({ annotations })).flatMap(
        (description) => description.notes,
      );
      assert.match(notes.join("\n"), note);
    });
  }

  test("a hook of a pod that has ended does not run", () => {
    const [pre] = describeHooks(
      aPod({ phase: "Succeeded", annotations: { [`${PRE}/command`]: "x" } }),
    );
    assert.deepEqual(pre?.notes, ["does not run: the pod is Succeeded"]);
  });

  test("settings without a command are remarks and no hook", () => {
    const [pre] = describeHooks(aPod({ annotations: { [`${PRE}/timeout`]: "5s" } }));
    assert.equal(pre?.hook, null);
    assert.match(pre?.notes.join() ?? "", /has no effect/);
  });

  test("other annotations are passed over", () => {
    const annotations = { "kubernetes.io/x": "hook.backup.ark.heptio.com" };
    assert.equal(mentionsHooks(annotations), false);
    assert.deepEqual(describeHooks(aPod({ annotations })), []);
  });
});

suite("remarks on hooks that were just changed", () => {
  test("a pre hook without a post hook is warned about, a post hook alone is not", () => {
    const [warning] = warnAboutHooks(aPod({ annotations: { [`${PRE}/command`]: "x" } }));
    assert.match(warning ?? "", /no post hook/);
    assert.deepEqual(warnAboutHooks(aPod({ annotations: { [`${POST}/command`]: "x" } })), []);
  });

  test("a pair is nothing to remark on", () => {
    const annotations = { [`${PRE}/command`]: "x", [`${POST}/command`]: "y" };
    assert.deepEqual(warnAboutHooks(aPod({ annotations })), []);
  });

  test("keys that lose against others are warned about", () => {
    const annotations = {
      [`${PRE}/command`]: "x",
      "pre.hook.backup.velero.io/command": "y",
      [`${POST}/command`]: "z",
    };
    assert.match(warnAboutHooks(aPod({ annotations })).join(), /velero.io\/command is ignored/);
  });
});
