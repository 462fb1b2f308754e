import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { annotationHook, annotationOrder } from "../../../src/hooks/from-annotations.ts";
import type { ExecHook, HookPhase } from "../../../src/hooks/hook.ts";
import { aPod } from "../../support/hook-builders.ts";

const ARK = "hook.backup.ark.heptio.com";
const VELERO = "hook.backup.velero.io";

function read(phase: HookPhase, annotations: Record<string, string>) {
  return annotationHook(aPod({ annotations }), phase);
}

const settings = (hook: ExecHook | undefined) =>
  hook && [hook.container, hook.command, hook.onError, hook.timeoutMs];

const sources: readonly [prefix: string, phase: HookPhase][] = [
  ["", "pre"],
  ["pre.", "pre"],
  ["post.", "post"],
];

for (const family of [ARK, VELERO]) {
  for (const [prefix, phase] of sources) {
    const key = (name: string): string => `${prefix}${family}/${name}`;
    const at = (extra: Record<string, string>): Record<string, string> => ({
      [key("command")]: "/usr/bin/foo",
      ...Object.fromEntries(Object.entries(extra).map(([name, value]) => [key(name), value])),
    });

    describe(`annotationHook with keys ${key("…")} (Ark 0.8.1, semantics 7.1)`, () => {
      const rows: readonly [extra: Record<string, string>, expected: unknown][] = [
        [{}, ["", ["/usr/bin/foo"], "Fail", 30_000]],
        [{ command: "[blarg" }, ["", ["[blarg"], "Fail", 30_000]],
        [{ command: '["a","b","c"]' }, ["", ["a", "b", "c"], "Fail", 30_000]],
        [{ command: "[]" }, ["", [], "Fail", 30_000]],
        [{ "on-error": "Continue" }, ["", ["/usr/bin/foo"], "Continue", 30_000]],
        [{ "on-error": "Fail" }, ["", ["/usr/bin/foo"], "Fail", 30_000]],
        [{ timeout: "5m3s" }, ["", ["/usr/bin/foo"], "Fail", 303_000]],
        [{ timeout: "0" }, ["", ["/usr/bin/foo"], "Fail", 30_000]],
        [{ timeout: "" }, ["", ["/usr/bin/foo"], "Fail", 30_000]],
        [{ container: "some-container" }, ["some-container", ["/usr/bin/foo"], "Fail", 30_000]],
      ];
      for (const [extra, expected] of rows) {
        it(`reads ${JSON.stringify(extra)}`, () => {
          const { hook } = read(phase, at(extra));
          assert.deepEqual(settings(hook), expected);
          assert.deepEqual(
            [hook?.name, hook?.source, hook?.phase],
            ["<from-annotation>", "annotation", phase],
          );
        });
      }

      it("has no hook without a command, or with an empty one", () => {
        assert.equal(read(phase, {}).hook, undefined);
        assert.equal(read(phase, at({ command: "" })).hook, undefined);
      });

      it("warns of settings that have no command to go with", () => {
        const { hook, warnings } = read(phase, { [key("timeout")]: "5s", [key("container")]: "c" });
        assert.equal(hook, undefined);
        assert.deepEqual(warnings, [
          `annotation ${key("container")} has no effect: there is no ${key("command")}`,
          `annotation ${key("timeout")} has no effect: there is no ${key("command")}`,
        ]);
      });

      const bad: readonly [extra: Record<string, string>, warning: RegExp][] = [
        [
          { timeout: "invalid" },
          /^timeout "invalid" is not a duration such as 30s or 1m30s: 30s is used$/,
        ],
        [{ timeout: "30" }, /^timeout "30" is not a duration/],
        [{ timeout: "-5s" }, /^timeout "-5s" is negative: 30s is used$/],
        [{ "on-error": "continue" }, /^on-error "continue" is neither Fail nor Continue/],
        [{ timeout: "9".repeat(100_000) }, /^timeout "9{80}…" is not a duration/],
      ];
      for (const [extra, warning] of bad) {
        it(`warns of ${JSON.stringify(extra).slice(0, 40)} and uses the default`, () => {
          const { hook } = read(phase, at(extra));
          assert.deepEqual(settings(hook), ["", ["/usr/bin/foo"], "Fail", 30_000]);
          assert.match(hook?.warnings.at(-1) ?? "", warning);
        });
      }

      it(prefix === "" ? "calls the key deprecated" : "has nothing to remark", () => {
        const remark = `annotation ${key("command")} is deprecated: use pre.${key("command")}`;
        assert.deepEqual(read(phase, at({})).hook?.warnings, prefix === "" ? [remark] : []);
      });
    });
  }
}

describe("annotationHook where several keys are set", () => {
  const everyKey = {
    [`pre.${ARK}/command`]: "1",
    [`${ARK}/command`]: "2",
    [`pre.${VELERO}/command`]: "3",
    [`${VELERO}/command`]: "4",
  };

  it("takes Ark's keys before Velero's and pre. before legacy, and names what it passed over", () => {
    const left = Object.entries(everyKey);
    while (left.length > 0) {
      const { hook, warnings } = read("pre", Object.fromEntries(left));
      const [winner, ...ignored] = left;
      assert.deepEqual(hook?.command, [winner?.[1]]);
      assert.deepEqual(
        warnings,
        ignored.map(([key]) => `annotation ${key} is ignored: ${winner?.[0]} wins`),
      );
      left.shift();
    }
  });

  it("never mixes a legacy command with prefixed settings (Ark 0.8.1, semantics 7.3)", () => {
    const { hook, warnings } = read("pre", {
      [`${ARK}/command`]: "legacy",
      [`pre.${ARK}/container`]: "b",
      [`pre.${VELERO}/on-error`]: "Continue",
    });
    assert.deepEqual(settings(hook), ["", ["legacy"], "Fail", 30_000]);
    assert.equal(warnings.length, 2);
  });

  it("never takes legacy or pre keys for a post hook", () => {
    assert.deepEqual(read("post", everyKey), { warnings: [] });
  });
});

describe("annotationOrder", () => {
  const rows: readonly [annotations: Record<string, string>, order: number | undefined][] = [
    [{}, undefined],
    [{ [`${ARK}/order`]: "" }, undefined],
    [{ [`${ARK}/order`]: "10" }, 10],
    [{ [`${ARK}/order`]: "-3" }, -3],
    [{ [`${VELERO}/order`]: "+7" }, 7],
    [{ [`${VELERO}/order`]: "7", [`${ARK}/order`]: "1" }, 1],
  ];
  for (const [annotations, order] of rows) {
    it(`reads ${JSON.stringify(annotations)} as ${order}`, () => {
      assert.deepEqual(annotationOrder(aPod({ annotations })), { value: order });
    });
  }

  it("warns of anything but an integer and counts it as 0", () => {
    for (const text of ["first", "1.5", "1e3", " 1", "0x1", "9".repeat(1000)]) {
      const { value, warning } = annotationOrder(aPod({ annotations: { [`${ARK}/order`]: text } }));
      assert.equal(value, 0);
      assert.match(warning ?? "", /is not an integer: 0 is used$/);
    }
  });
});
