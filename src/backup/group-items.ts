import type { PodHooks } from "../hooks/hook.ts";
import type { PodView } from "../hooks/pod-view.ts";

/** A pod that has hooks or claims, with the decision on its hooks. */
export type PlannedPod = {
  readonly view: PodView;
  readonly hooks: PodHooks;
  /** Place in spec.orderedResources; undefined when not named there. */
  readonly place?: number | undefined;
};

/** The unit of consistency: pods that share claims, directly or through each other, and those claims. */
export type ItemBlock = {
  readonly pods: readonly PlannedPod[];
  /** "namespace/name", sorted. */
  readonly claims: readonly string[];
};

/**
 * Groups pods into blocks. In a block pods stand by hook order, then as listed in orderedResources, then by name.
 * @returns blocks in the same order, by their first pod
 */
export function groupItems(pods: readonly PlannedPod[]): ItemBlock[] {
  const groups = new Map<string, PlannedPod[]>();
  const rootOf = uniteByClaims(pods);
  for (const pod of pods) {
    const root = rootOf(podKey(pod));
    groups.set(root, [...(groups.get(root) ?? []), pod]);
  }
  const blocks = [...groups.values()].map((group) => ({
    pods: group.toSorted(compareByOrder),
    claims: [...new Set(group.flatMap(claimKeys))].toSorted(),
  }));
  return blocks.toSorted((a, b) => compareByOrder(a.pods[0], b.pods[0]));
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
  const isPlaced = first?.place !== undefined || second?.place !== undefined;
  return !isPlaced && first?.hooks.order === second?.hooks.order;
}

function compareByOrder(a: PlannedPod | undefined, b: PlannedPod | undefined): number {
  if (!a || !b) return 0;
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

/** Union-find over pods and claims; gives the representative of a pod. */
function uniteByClaims(pods: readonly PlannedPod[]): (pod: string) => string {
  const parents = new Map<string, string>();
  const find = (key: string): string => {
    let root = key;
    for (let up = parents.get(root); up !== undefined; up = parents.get(root)) root = up;
    return root;
  };
  for (const pod of pods) {
    for (const claim of claimKeys(pod)) {
      const [a, b] = [find(`pod ${podKey(pod)}`), find(`claim ${claim}`)];
      if (a !== b) parents.set(a, b);
    }
  }
  return (pod) => find(`pod ${pod}`);
}
