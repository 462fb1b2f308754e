import type { ApiResource } from "../../cluster/cluster.ts";
import { groupResourceOf } from "../../cluster/group-resource.ts";

function kind(
  [group, version]: readonly [string, string],
  name: string,
  ...shortNames: readonly string[]
): ApiResource {
  const singular = name.toLowerCase();
  return {
    group,
    version,
    resource: `${singular}s`,
    kind: name,
    singular,
    shortNames,
    categories: [],
    namespaced: true,
    verbs: ["get", "list"],
  };
}

/** The kinds that can carry hooks, as every server has had them since 1.21: none need be asked before a name is found. */
export const WORKLOAD_KINDS: readonly ApiResource[] = [
  kind(["", "v1"], "Pod", "po"),
  kind(["apps", "v1"], "Deployment", "deploy"),
  kind(["apps", "v1"], "StatefulSet", "sts"),
  kind(["apps", "v1"], "DaemonSet", "ds"),
  kind(["apps", "v1"], "ReplicaSet", "rs"),
  kind(["", "v1"], "ReplicationController", "rc"),
  kind(["batch", "v1"], "Job"),
  kind(["batch", "v1"], "CronJob", "cj"),
];

function namesOf(resource: ApiResource): readonly string[] {
  const { singular, resource: plural, shortNames } = resource;
  return [singular, plural, ...shortNames, groupResourceOf(resource)];
}

/** By any name that kubectl takes for it. */
export function findWorkloadKind(name: string): ApiResource | undefined {
  return WORKLOAD_KINDS.find((resource) => namesOf(resource).includes(name.toLowerCase()));
}

/** The shortest way to go on for each kind: "deployment" after "de", "sts" after "st". */
export function workloadNames(prefix: string): readonly string[] {
  return WORKLOAD_KINDS.flatMap(
    (resource) => namesOf(resource).find((name) => name.startsWith(prefix)) ?? [],
  );
}
