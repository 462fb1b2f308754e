import type { PodHooks } from "../../hooks/hook.ts";
import type { PodView } from "../../hooks/pod-view.ts";
import { claimKey } from "../../volumes/claim-volume.ts";
import type { PlannedVolume } from "../volumes/captured-volume.ts";

/** A pod that has hooks or claims, with the decision on its hooks. */
export type PlannedPod = {
  readonly view: PodView;
  readonly hooks: PodHooks;
  /** Place in spec.orderedResources; undefined when not named there. */
  readonly place?: number | undefined;
};

/** What is captured at one point in time: what shares volumes, a namespace, or everything (`--consistency`). */
export type Consistency = "pod" | "namespace" | "backup";

/**
 * The unit of consistency: all its pods are quiesced before the first of its volumes is cut, and none is thawed before
 * the last one is. Pods that share claims, directly or through each other, are always in one.
 */
export type ItemBlock = {
  readonly consistency: Consistency;
  readonly pods: readonly PlannedPod[];
  /** "namespace/name", sorted; also claims that no pod mounts, when volumes are captured. */
  readonly claims: readonly string[];
  /** How each claim's volume is captured; empty when volumes are not. */
  readonly volumes: readonly PlannedVolume[];
};

export type Grouping = {
  readonly consistency: Consistency;
  readonly volumes: readonly PlannedVolume[];
};

/**
 * Groups pods and volumes into blocks. In a block pods stand by hook order, then as listed in orderedResources, then by
 * name.
 * @returns blocks in the same order, by their first pod; those without pods at the end
 */
export function groupItems(
  pods: readonly PlannedPod[],
  { consistency, volumes }: Grouping = { consistency: "pod", volumes: [] },
): ItemBlock[] {
  const rootOf = unite(pods, { consistency, volumes });
  const groups = new Map<string, { pods: PlannedPod[]; volumes: PlannedVolume[] }>();
  const groupOf = (node: string): { pods: PlannedPod[]; volumes: PlannedVolume[] } => {
    const root = rootOf(node);
    const group = groups.get(root) ?? { pods: [], volumes: [] };
    groups.set(root, group);
    return group;
  };
  for (const pod of pods) groupOf(podNode(pod)).pods.push(pod);
  for (const volume of volumes) groupOf(claimNode(claimKey(volume.plan))).volumes.push(volume);
  const blocks = [...groups.values()].map((group) => ({
    consistency,
    pods: group.pods.toSorted(compareByOrder),
    claims: [
      ...new Set([
        ...group.pods.flatMap(claimKeys),
        ...group.volumes.map(({ plan }) => claimKey(plan)),
      ]),
    ].toSorted(),
    volumes: group.volumes,
  }));
  return blocks.toSorted(compareBlocks);
}

/**
 * The pods of a block in the steps in which they are quiesced, one step after another; thawed in reverse. Pods of one
 * volume take turns; in a wider scope pods of the same order go side by side, so that the first is not frozen for long.
 */
export function groupIntoSteps({ pods, consistency }: ItemBlock): PlannedPod[][] {
  const steps: PlannedPod[][] = [];
  let previous: PlannedPod | undefined;
  for (const pod of pods) {
    const step = steps.at(-1);
    if (step && previous && consistency !== "pod" && standsBeside(previous, pod)) step.push(pod);
    else steps.push([pod]);
    previous = pod;
  }
  return steps;
}

/**
 * Blocks that may run side by side, in the order in which they must follow each other: a lower hook order first, and
 * what orderedResources names one by one before the rest.
 */
export function groupIntoWaves(blocks: readonly ItemBlock[]): ItemBlock[][] {
  const waves: ItemBlock[][] = [];
  let previous: ItemBlock | undefined;
  for (const block of blocks) {
    const wave = waves.at(-1);
    if (wave && previous && runsBeside(previous, block)) wave.push(block);
    else waves.push([block]);
    previous = block;
  }
  return waves;
}

function runsBeside(a: ItemBlock, b: ItemBlock): boolean {
  const [first, second] = [a.pods[0], b.pods[0]];
  // Without pods nothing is quiesced, so there is no order to keep.
  return !first || !second || standsBeside(first, second);
}

function standsBeside(a: PlannedPod, b: PlannedPod): boolean {
  const isPlaced = a.place !== undefined || b.place !== undefined;
  return !isPlaced && a.hooks.order === b.hooks.order;
}

function compareBlocks(a: ItemBlock, b: ItemBlock): number {
  const [first, second] = [a.pods[0], b.pods[0]];
  if (first && second) return compareByOrder(first, second);
  if (first || second) return first ? -1 : 1;
  return compareText(a.claims[0] ?? "", b.claims[0] ?? "");
}

function compareByOrder(a: PlannedPod, b: PlannedPod): number {
  return (
    a.hooks.order - b.hooks.order ||
    (a.place ?? Number.MAX_SAFE_INTEGER) - (b.place ?? Number.MAX_SAFE_INTEGER) ||
    compareText(podKey(a), podKey(b))
  );
}

// Not localeCompare: the order must not depend on the machine's language.
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

const podKey = ({ view }: PlannedPod): string => `${view.namespace}/${view.name}`;
const claimKeys = ({ view }: PlannedPod): string[] =>
  view.claims.map((claim) => `${view.namespace}/${claim}`);

const podNode = (pod: PlannedPod): string => `pod ${podKey(pod)}`;
const claimNode = (claim: string): string => `claim ${claim}`;

/** Union-find over pods, claims and the scope that they are in; gives the representative of a node. */
function unite(
  pods: readonly PlannedPod[],
  { consistency, volumes }: Grouping,
): (node: string) => string {
  const parents = new Map<string, string>();
  const find = (node: string): string => {
    let root = node;
    for (let up = parents.get(root); up !== undefined; up = parents.get(root)) root = up;
    return root;
  };
  const join = (first: string, second: string | undefined): void => {
    if (second === undefined) return;
    const [a, b] = [find(first), find(second)];
    if (a !== b) parents.set(a, b);
  };
  const scopeOf = (namespace: string): string | undefined => {
    if (consistency === "pod") return undefined;
    return consistency === "backup" ? "backup" : `namespace ${namespace}`;
  };
  for (const pod of pods) {
    for (const claim of claimKeys(pod)) join(podNode(pod), claimNode(claim));
    join(podNode(pod), scopeOf(pod.view.namespace));
  }
  for (const { plan } of volumes) join(claimNode(claimKey(plan)), scopeOf(plan.namespace));
  return find;
}
