import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import type { PlannedVolume } from "../../../../src/backup/volumes/captured-volume.ts";
import {
  groupIntoSteps,
  groupIntoWaves,
  groupItems,
  type Consistency,
  type ItemBlock,
  type PlannedPod,
} from "../../../../src/backup/blocks/group-items.ts";
import { rawObjectFromJson } from "../../../../src/cluster/raw-object.ts";
import { claim } from "../../../support/builders.ts";
import { aPod } from "../../../support/hook-builders.ts";
import { aSnapshotPlan } from "../../../support/snapshot-builders.ts";

type Parts = { readonly claims?: readonly string[]; order?: number; place?: number | undefined };

function planned(path: string, { claims = [], order = 0, place }: Parts = {}): PlannedPod {
  const [namespace = "", name = ""] = path.split("/");
  const hooks = { pre: [], post: [], order, warnings: [] };
  return { view: aPod({ namespace, name, claims }), hooks, place };
}

function aVolume(path: string): PlannedVolume {
  const raw = rawObjectFromJson(Buffer.from(JSON.stringify(claim(path))));
  return { plan: aSnapshotPlan(path), claim: raw };
}

const podKey = ({ view }: PlannedPod): string => `${view.namespace}/${view.name}`;
const volumeKey = ({ plan }: PlannedVolume): string => `${plan.namespace}/${plan.claim}`;
const namespacesOf = ({ pods, volumes }: ItemBlock): Set<string> =>
  new Set([
    ...pods.map(({ view }) => view.namespace),
    ...volumes.map(({ plan }) => plan.namespace),
  ]);
const gist = ({ pods, claims }: ItemBlock) => [pods.map(podKey), claims];

describe("blocks of a scope", () => {
  const pods = [
    planned("b/web"),
    planned("a/db", { claims: ["data"] }),
    planned("a/job", { order: -1 }),
  ];
  const volumes = ["a/data", "a/alone", "c/old"].map(aVolume);

  it("pod: what shares a claim; a claim that no pod mounts is a block at the end", () => {
    assert.deepEqual(groupItems(pods, { consistency: "pod", volumes }).map(gist), [
      [["a/job"], []],
      [["a/db"], ["a/data"]],
      [["b/web"], []],
      [[], ["a/alone"]],
      [[], ["c/old"]],
    ]);
  });

  it("namespace: one for each, also for one that has claims only", () => {
    assert.deepEqual(groupItems(pods, { consistency: "namespace", volumes }).map(gist), [
      [
        ["a/job", "a/db"],
        ["a/alone", "a/data"],
      ],
      [["b/web"], []],
      [[], ["c/old"]],
    ]);
  });

  it("backup: a single one, and none where there is nothing", () => {
    assert.deepEqual(groupItems(pods, { consistency: "backup", volumes }).map(gist), [
      [
        ["a/job", "a/db", "b/web"],
        ["a/alone", "a/data", "c/old"],
      ],
    ]);
    assert.deepEqual(groupItems([], { consistency: "backup", volumes: [] }), []);
  });

  it("a namespace called like another scope's key, or like a pod, is only itself", () => {
    const odd = ["backup/backup", "namespace/pod", "pod/claim"].map((path) => planned(path));
    assert.equal(groupItems(odd, { consistency: "namespace", volumes: [] }).length, 3);
    assert.equal(groupItems(odd, { consistency: "pod", volumes: [] }).length, 3);
  });

  it("of fifty thousand pods and claims in one scope takes no long time", () => {
    const many = Array.from({ length: 25_000 }, (_, index) =>
      planned(`a/p${index}`, { claims: [`c${index}`] }),
    );
    const theirs = Array.from({ length: 25_000 }, (_, index) => aVolume(`a/c${index}`));
    const [block, ...others] = groupItems(many, { consistency: "backup", volumes: theirs });
    assert.deepEqual([block?.pods.length, block?.volumes.length, others], [25_000, 25_000, []]);
  });
});

function blockOf(consistency: Consistency, ...pods: PlannedPod[]): ItemBlock {
  const [first, ...others] = groupItems(pods, { consistency, volumes: [] });
  assert.equal(others.length, 0);
  return first ?? assert.fail();
}

const stepsOf = (block: ItemBlock): string[][] =>
  groupIntoSteps(block).map((step) => step.map(podKey));

describe("steps of a block", () => {
  it("pods of one volume take turns", () => {
    const pods = ["a/x", "a/y"].map((path) => planned(path, { claims: ["data"] }));
    assert.deepEqual(stepsOf(blockOf("pod", ...pods)), [["a/x"], ["a/y"]]);
  });

  it("in a wider scope pods of an order go side by side, and what is placed goes alone", () => {
    const pods = [
      planned("a/x"),
      planned("a/y"),
      planned("b/first", { place: 0 }),
      planned("b/second", { place: 1 }),
      planned("b/late", { order: 5 }),
    ];
    const steps = [["b/first"], ["b/second"], ["a/x", "a/y"], ["b/late"]];
    assert.deepEqual(stepsOf(blockOf("backup", ...pods)), steps);
  });

  it("a block without pods has none", () => {
    const [only] = groupItems([], { consistency: "namespace", volumes: [aVolume("a/data")] });
    assert.deepEqual(groupIntoSteps(only ?? assert.fail()), []);
  });
});

const namespaces = fc.constantFrom("a", "b", "c");
const claimNames = fc.constantFrom("c1", "c2", "c3", "c4");
const anyPods = fc
  .uniqueArray(
    fc.record({
      path: fc.tuple(namespaces, fc.stringMatching(/^[a-z]{1,3}$/)).map((parts) => parts.join("/")),
      claims: fc.uniqueArray(claimNames, { maxLength: 3 }),
      order: fc.integer({ min: -2, max: 2 }),
      place: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined, freq: 3 }),
    }),
    { selector: ({ path }) => path, maxLength: 12 },
  )
  .map((all) => all.map(({ path, ...parts }) => planned(path, parts)));
const anyVolumes = fc
  .uniqueArray(fc.tuple(namespaces, claimNames).map((parts) => parts.join("/")))
  .map((paths) => paths.map(aVolume));
const anyConsistency = fc.constantFrom<Consistency>("pod", "namespace", "backup");

function forAny(
  check: (blocks: ItemBlock[], pods: PlannedPod[], volumes: PlannedVolume[]) => void,
) {
  fc.assert(
    fc.property(anyPods, anyVolumes, anyConsistency, (pods, volumes, consistency) =>
      check(groupItems(pods, { consistency, volumes }), pods, volumes),
    ),
  );
}

describe("groupItems, for any pods, volumes and scope", () => {
  it("each pod and each volume is in exactly one block, and no block is empty", () => {
    forAny((blocks, pods, volumes) => {
      const inBlocks = blocks.flatMap((block) => block.pods.map(podKey));
      assert.deepEqual(inBlocks.toSorted(), pods.map(podKey).toSorted());
      const captured = blocks.flatMap((block) => block.volumes.map(volumeKey));
      assert.deepEqual(captured.toSorted(), volumes.map(volumeKey).toSorted());
      assert.ok(blocks.every((block) => block.pods.length + block.volumes.length > 0));
    });
  });

  it("a volume is in the block of every pod that mounts it, and claims are named once, sorted", () => {
    forAny((blocks) => {
      const all = blocks.flatMap(({ claims }) => claims);
      assert.equal(new Set(all).size, all.length);
      for (const { claims, pods, volumes } of blocks) {
        const mounted = pods.flatMap(({ view }) =>
          view.claims.map((name) => `${view.namespace}/${name}`),
        );
        assert.deepEqual(claims, [...new Set([...mounted, ...volumes.map(volumeKey)])].toSorted());
      }
    });
  });

  it("a namespace is whole in one block of its own, and a backup is one block", () => {
    forAny((blocks) => {
      const [first] = blocks;
      if (first?.consistency === "backup") assert.equal(blocks.length, 1);
      if (first?.consistency !== "namespace") return;
      const scopes = blocks.map((block) => [...namespacesOf(block)]);
      assert.ok(scopes.every((scope) => scope.length === 1));
      assert.equal(new Set(scopes.flat()).size, blocks.length);
    });
  });

  it("steps are the block's pods in their order, none mixes orders or has a placed pod beside another", () => {
    forAny((blocks) => {
      for (const block of blocks) {
        const steps = groupIntoSteps(block);
        assert.deepEqual(steps.flat(), block.pods);
        const orders = steps.map((step) => step[0]?.hooks.order ?? 0);
        assert.deepEqual(
          orders,
          orders.toSorted((a, b) => a - b),
        );
        for (const step of steps) {
          assert.equal(new Set(step.map(({ hooks }) => hooks.order)).size, 1);
          const isAlone = step.length === 1;
          assert.ok(isAlone || step.every(({ place }) => place === undefined));
          assert.ok(isAlone || block.consistency !== "pod");
        }
      }
    });
  });

  it("waves are the blocks in their order, those without pods at the end", () => {
    forAny((blocks) => {
      assert.deepEqual(groupIntoWaves(blocks).flat(), blocks);
      const hasPods = blocks.map(({ pods }) => pods.length > 0);
      assert.deepEqual(
        hasPods,
        hasPods.toSorted((a, b) => Number(b) - Number(a)),
      );
    });
  });
});
