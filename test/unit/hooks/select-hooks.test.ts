import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BackupResourceHook } from "../../../src/api/backup-spec.ts";
import { resolveSpecHooks } from "../../../src/hooks/from-spec.ts";
import { type SelectedHooks, selectPodHooks } from "../../../src/hooks/select-hooks.ts";
import { aPod, aSpecExec, aSpecHook } from "../../support/hook-builders.ts";

const ARK = "hook.backup.ark.heptio.com";

function select(
  annotations: Record<string, string>,
  ...entries: readonly Partial<BackupResourceHook>[]
): SelectedHooks {
  const hooks = resolveSpecHooks(entries.map(aSpecHook), (name) => name);
  return selectPodHooks(aPod({ annotations, labels: { color: "blue" } }), hooks);
}

const commands = ({ pre, post }: SelectedHooks): string[][] =>
  [pre, post].map((hooks) => hooks.map(({ command }) => command.join(" ")));

const hook1 = { name: "hook1", pre: [aSpecExec("1a"), aSpecExec("1b")], post: [aSpecExec("p1")] };
const hook2 = { name: "hook2", pre: [aSpecExec("2a"), aSpecExec("2b")], post: [aSpecExec("p2")] };

describe("selectPodHooks (Ark 0.8.1, semantics 7.1 and 1.2)", () => {
  it("finds nothing for a pod without annotations and a spec without hooks", () => {
    const none = { pre: [], post: [], order: 0, warnings: [], matchedSpecHooks: [] };
    assert.deepEqual(select({}), none);
  });

  it("finds nothing where no entry is for the pod, or entries are empty", () => {
    const exec = { pre: [aSpecExec("x")] };
    const selected = select(
      {},
      { ...exec, excludedNamespaces: ["ns"] },
      { ...exec, includedResources: ["widgets.group"] },
      { ...exec, labelSelector: { matchLabels: { color: "green" } } },
      {},
      {},
    );
    assert.deepEqual(commands(selected), [[], []]);
    assert.deepEqual(selected.matchedSpecHooks, [3, 4]);
  });

  it("keeps the order of the entries and of their hooks, in both phases", () => {
    const selected = select({}, hook1, hook2);
    assert.deepEqual(commands(selected), [
      ["1a", "1b", "2a", "2b"],
      ["p1", "p2"],
    ]);
    assert.deepEqual(selected.matchedSpecHooks, [0, 1]);
  });

  it("runs only the annotation's hook in its phase, and the spec's in the other", () => {
    for (const key of [`${ARK}/command`, `pre.${ARK}/command`]) {
      const selected = select({ [key]: "/bin/ls" }, hook1, hook2);
      assert.deepEqual(commands(selected), [["/bin/ls"], ["p1", "p2"]]);
      assert.deepEqual(selected.matchedSpecHooks, [0, 1]);
    }
    const selected = select({ [`post.${ARK}/command`]: "/bin/ls" }, hook1);
    assert.deepEqual(commands(selected), [["1a", "1b"], ["/bin/ls"]]);
  });

  it("runs the spec's hooks where the annotation's command is empty", () => {
    assert.deepEqual(commands(select({ [`pre.${ARK}/command`]: "" }, hook1)), [
      ["1a", "1b"],
      ["p1"],
    ]);
  });
});

describe("selectPodHooks: order among pods", () => {
  const rows: readonly [annotation: string, orders: readonly (number | null)[], order: number][] = [
    ["", [], 0],
    ["", [null, 5, 3], 5],
    ["", [null], 0],
    ["2", [5], 2],
    ["0", [5], 0],
  ];
  for (const [annotation, orders, order] of rows) {
    it(`annotation "${annotation}" and entries [${orders.join(", ")}] give ${order}`, () => {
      const entries = orders.map((value) => ({ order: value }));
      assert.equal(select({ [`${ARK}/order`]: annotation }, ...entries).order, order);
    });
  }

  it("counts an annotation that is no integer as 0, with a warning", () => {
    const { order, warnings } = select({ [`${ARK}/order`]: "x" }, { order: 5 });
    assert.equal(order, 0);
    assert.equal(warnings.length, 1);
  });
});

describe("selectPodHooks: warnings", () => {
  it("gathers what has no effect, each once", () => {
    const { warnings } = select({
      [`pre.${ARK}/comand`]: "x",
      [`post.${ARK}/timeout`]: "5s",
    });
    assert.equal(warnings.length, 2);
    assert.match(
      warnings[0] ?? "",
      /^annotation post\..+\/timeout has no effect: there is no post\./,
    );
    assert.match(
      warnings[1] ?? "",
      /^annotation pre\..+\/comand is not one of a hook; did you mean/,
    );
  });
});
