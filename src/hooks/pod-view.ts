import type { KubernetesObject } from "../cluster/cluster.ts";

export type PodContainer = { readonly name: string; readonly running: boolean };

/** What hooks and blocks need to know of a pod, small enough to keep for every pod of a cluster. */
export type PodView = {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** status.phase: "Pending", "Running", "Succeeded", "Failed", "Unknown". */
  readonly phase: string;
  /** Hook targets in order: regular containers, then native sidecars (init containers with restartPolicy Always). */
  readonly containers: readonly PodContainer[];
  /** Claims that the pod mounts, generic ephemeral ones included, in volume order. */
  readonly claims: readonly string[];
  readonly serviceAccount: string;
};

type ContainerSpec = { readonly name: string; readonly restartPolicy?: string };
type ContainerStatus = {
  readonly name: string;
  readonly state?: { readonly running?: unknown };
};
type VolumeSpec = {
  readonly name: string;
  readonly persistentVolumeClaim?: { readonly claimName?: string };
  readonly ephemeral?: unknown;
};
type Pod = KubernetesObject & {
  readonly spec?: {
    readonly containers?: readonly ContainerSpec[];
    readonly initContainers?: readonly ContainerSpec[];
    readonly volumes?: readonly VolumeSpec[];
    readonly serviceAccountName?: string;
  };
  readonly status?: {
    readonly phase?: string;
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
};

/** Reads a parsed Pod; whatever is missing counts as empty. */
export function toPodView(object: KubernetesObject): PodView {
  const pod = object as Pod;
  return {
    namespace: pod.metadata.namespace ?? "",
    name: pod.metadata.name,
    uid: pod.metadata.uid ?? "",
    labels: pod.metadata.labels ?? {},
    annotations: pod.metadata.annotations ?? {},
    phase: pod.status?.phase ?? "",
    containers: hookTargets(pod),
    claims: claimsOf(pod),
    serviceAccount: pod.spec?.serviceAccountName ?? "",
  };
}

function hookTargets(pod: Pod): PodContainer[] {
  const statuses = [
    ...(pod.status?.containerStatuses ?? []),
    ...(pod.status?.initContainerStatuses ?? []),
  ];
  const running = new Set(statuses.filter((s) => s.state?.running).map((s) => s.name));
  const sidecars = (pod.spec?.initContainers ?? []).filter((c) => c.restartPolicy === "Always");
  return [...(pod.spec?.containers ?? []), ...sidecars].map(({ name }) => ({
    name,
    running: running.has(name),
  }));
}

function claimsOf(pod: Pod): string[] {
  const claims = (pod.spec?.volumes ?? []).map((volume) => {
    // A generic ephemeral volume's claim is named by Kubernetes: POD-VOLUME.
    if (volume.ephemeral) return `${pod.metadata.name}-${volume.name}`;
    return volume.persistentVolumeClaim?.claimName;
  });
  return claims.filter((name): name is string => name !== undefined && name !== "");
}
