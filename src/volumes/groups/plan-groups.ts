import type { ApiResource, Cluster } from "../../cluster/cluster.ts";
import { chooseClass } from "../choose-class.ts";
import { claimKey, isSnapshotPlan, type SnapshotPlan, type VolumePlan } from "../claim-volume.ts";
import { findGroupKinds, GROUP_CLASS_MARKS, GROUP_LABEL } from "./group-kinds.ts";
import type { Claim } from "../read-claim.ts";
import { readSnapshotClasses, type SnapshotClass } from "../snapshot-classes.ts";

/** On a claim: the name of its group's class, as in Velero. */
const CLAIM_ANNOTATION = "velero.io/csi-volume-group-snapshot-class";

export type PlanGroupsTools = {
  readonly cluster: Cluster;
  readonly findResource: (groupResource: string) => ApiResource | undefined;
  readonly warn?:
    | ((warning: { readonly message: string; readonly hint?: string | undefined }) => void)
    | undefined;
};

type Labelled = { readonly claim: Claim; readonly plan: SnapshotPlan };

/**
 * Claims of one namespace and driver with the same `velero.io/volume-group` become a group that the driver cuts at one
 * point in time, where the cluster has the API for it and a class for the driver. Without a class each is cut by itself,
 * with a warning.
 * @param claims those of the plans, in the same order
 * @throws ArkError ClusterUnreachable, Cancelled, …
 */
export async function planGroups(
  plans: readonly VolumePlan[],
  claims: readonly Claim[],
  tools: PlanGroupsTools & { readonly annotations?: Readonly<Record<string, string>> | undefined },
  signal: AbortSignal,
): Promise<readonly VolumePlan[]> {
  const groups = [...groupsOf(plans, claims).values()].filter((members) => members.length > 1);
  const kinds = findGroupKinds(tools.findResource);
  if (groups.length === 0 || kinds === undefined) return plans;
  const classes = await readSnapshotClasses(
    tools.cluster,
    kinds.classes,
    GROUP_CLASS_MARKS,
    signal,
  );
  const grouped = new Map(
    groups
      .flatMap((members) => withGroup(members, classes ?? [], tools))
      .map((plan) => [claimKey(plan), plan]),
  );
  return plans.map((plan) => grouped.get(claimKey(plan)) ?? plan);
}

function groupsOf(
  plans: readonly VolumePlan[],
  claims: readonly Claim[],
): ReadonlyMap<string, readonly Labelled[]> {
  const labelled = plans.flatMap((plan, index): Labelled[] => {
    const claim = claims[index];
    const isMember = claim?.labels[GROUP_LABEL] && plan.driver !== undefined;
    return isMember && isSnapshotPlan(plan) ? [{ claim, plan }] : [];
  });
  return Map.groupBy(labelled, ({ claim, plan }) =>
    JSON.stringify([plan.namespace, plan.driver, claim.labels[GROUP_LABEL]]),
  );
}

function withGroup(
  members: readonly Labelled[],
  classes: readonly SnapshotClass[],
  { annotations = {}, warn }: Parameters<typeof planGroups>[2],
): readonly VolumePlan[] {
  const [first] = members;
  if (first === undefined) return [];
  const { driver = "", namespace } = first.plan;
  const value = first.claim.labels[GROUP_LABEL] ?? "";
  const backupKey = `${GROUP_CLASS_MARKS.veleroLabel}_${driver}`;
  const ofClaim = members.map(({ claim }) => claim.annotations[CLAIM_ANNOTATION]).find(Boolean);
  const name = ofClaim ?? annotations[backupKey];
  const by = `annotation ${ofClaim ? CLAIM_ANNOTATION : backupKey}`;
  const named = name ? { name, by } : undefined;
  const choice = chooseClass(classes, { driver, named, kind: "VolumeGroupSnapshotClass" });
  if (choice.kind === "none" || choice.className === undefined) {
    const reason = choice.kind === "none" ? `: ${choice.reason}` : "";
    warn?.({
      message: `the volumes of group ${value} in namespace ${namespace} are not cut as one group${reason}`,
      hint: `A VolumeGroupSnapshotClass for driver ${driver} is needed, with the label ${GROUP_CLASS_MARKS.veleroLabel}.`,
    });
    return [];
  }
  const label = { key: GROUP_LABEL, value };
  const names = members.map(({ claim }) => claim.claim);
  const group = { className: choice.className, label, claims: names };
  return members.map(({ plan }) => ({ ...plan, method: { ...plan.method, group } }));
}
