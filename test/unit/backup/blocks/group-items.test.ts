import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import {
  groupIntoWaves,
  groupItems,
  type ItemBlock,
  type PlannedPod,
} from "../../../../src/backup/blocks/group-items.ts";
import { aPod } from "../../../support/hook-builders.ts";

type Parts = { claims?: readonly string[]; namespace?: string; order?: number; place?: number };

function planned(
  name: string,
  { claims = [], namespace = "ns", order = 0, place }: Parts = {},
): PlannedPod {
  const hooks = { pre: [], post: [], order, warnings: [] };
  return { view: aPod({ namespace, name, claims }), hooks, place };
}

const keyOf = ({ view }: PlannedPod): string => `${view.namespace}/${view.name}`;
const podsOf = (blocks: readonly ItemBlock[]): string[][] =>
  blocks.map(({ pods }) => pods.map(keyOf));

describe("groupItems", () => {
  it("a pod without claims, or with claims of its own, is a block", () => {
    const blocks = groupItems([planned("b", { claims: ["x"] }), planned("a")]);
    assert.deepEqual(podsOf(blocks), [["ns/a"], ["ns/b"]]);
    assert.deepEqual(
      blocks.map(({ claims }) => claims),
      [[], ["ns/x"]],
    );
  });

  it("pods that share claims through each other are one block", () => {
    const blocks = groupItems([
      planned("a", { claims: ["x"] }),
      planned("c", { claims: ["y"] }),
      planned("b", { claims: ["x", "y"] }),
    ]);
    assert.deepEqual(podsOf(blocks), [["ns/a", "ns/b", "ns/c"]]);
    assert.deepEqual(blocks[0]?.claims, ["ns/x", "ns/y"]);
  });

  it("claims of the same name in two namespaces are two claims", () => {
    const pods = ["one", "two"].map((namespace) => planned("p", { namespace, claims: ["data"] }));
    assert.deepEqual(podsOf(groupItems(pods)), [["one/p"], ["two/p"]]);
  });

  it("a pod and a claim of the same name are not mistaken for each other", () => {
    const blocks = groupItems([planned("x", { claims: ["y"] }), planned("y", { claims: ["x"] })]);
    assert.equal(blocks.length, 2);
  });

  it("pods stand by order, then by place, then by name", () => {
    const claims = ["x"];
    const pods = [
      planned("a", { claims, order: 1 }),
      planned("b", { claims, place: 1 }),
      planned("c", { claims, place: 0 }),
      planned("e", { claims }),
      planned("d", { claims }),
      planned("f", { claims, order: -1 }),
    ];
    const names = ["f", "c", "b", "d", "e", "a"].map((name) => `ns/${name}`);
    assert.deepEqual(podsOf(groupItems(pods)), [names]);
  });

  it("groups a chain of two thousand pods", () => {
    const pods = Array.from({ length: 2000 }, (_, index) =>
      planned(`p${index}`, { claims: [`c${index}`, `c${index + 1}`] }),
    );
    assert.equal(groupItems(pods).length, 1);
  });
});

const anyPods = fc
  .uniqueArray(
    fc.record({
      namespace: fc.constantFrom("a", "b"),
      name: fc.stringMatching(/^[a-z]{1,3}$/),
      claims: fc.uniqueArray(fc.constantFrom("c1", "c2", "c3", "c4", "c5"), { maxLength: 3 }),
      order: fc.integer({ min: -2, max: 2 }),
      place: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
    }),
    { selector: ({ namespace, name }) => `${namespace}/${name}`, maxLength: 15 },
  )
  .map((all) =>
    all.map(({ place, name, ...parts }) =>
      planned(name, place === undefined ? parts : { ...parts, place }),
    ),
  );

describe("groupItems, for any pods", () => {
  it("each pod is in exactly one block, and no block is empty", () => {
    fc.assert(
      fc.property(anyPods, (pods) => {
        const blocks = groupItems(pods);
        assert.deepEqual(podsOf(blocks).flat().toSorted(), pods.map(keyOf).toSorted());
        assert.ok(blocks.every((block) => block.pods.length > 0));
      }),
    );
  });

  it("pods that share a claim are in the same block, which names its pods' claims and no others", () => {
    fc.assert(
      fc.property(anyPods, (pods) => {
        const blocks = groupItems(pods);
        const all = blocks.flatMap(({ claims }) => claims);
        assert.equal(new Set(all).size, all.length);
        for (const block of blocks) {
          const own = block.pods.flatMap(({ view }) =>
            view.claims.map((claim) => `${view.namespace}/${claim}`),
          );
          assert.deepEqual(block.claims, [...new Set(own)].toSorted());
        }
      }),
    );
  });

  it("a block holds no more than it must: each pod of several reaches the first through shared claims", () => {
    fc.assert(
      fc.property(anyPods, (pods) => {
        for (const block of groupItems(pods)) {
          assert.equal(reachable(block.pods).size, block.pods.length);
        }
      }),
    );
  });

  it("the order of the list makes no difference", () => {
    fc.assert(
      fc.property(anyPods, fc.infiniteStream(fc.nat()), (pods, keys) => {
        const shuffled = pods
          .map((pod) => ({ pod, key: Number(keys.next().value) }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ pod }) => pod);
        assert.deepEqual(podsOf(groupItems(shuffled)), podsOf(groupItems(pods)));
      }),
    );
  });

  it("waves are the blocks in their order, and no wave mixes orders of hooks", () => {
    fc.assert(
      fc.property(anyPods, (pods) => {
        const blocks = groupItems(pods);
        const waves = groupIntoWaves(blocks);
        assert.deepEqual(waves.flat(), blocks);
        for (const wave of waves) {
          const orders = new Set(wave.map((block) => block.pods[0]?.hooks.order));
          assert.equal(orders.size, 1);
          const isAlone = wave.length === 1;
          assert.ok(isAlone || wave.every((block) => block.pods[0]?.place === undefined));
        }
      }),
    );
  });
});

/** The pods that the first one reaches, pod by pod over shared claims. */
function reachable(pods: readonly PlannedPod[]): Set<PlannedPod> {
  const reached = new Set(pods.slice(0, 1));
  for (const from of reached) {
    for (const to of pods) {
      const isShared = from.view.claims.some((claim) => to.view.claims.includes(claim));
      if (isShared && from.view.namespace === to.view.namespace) reached.add(to);
    }
  }
  return reached;
}
