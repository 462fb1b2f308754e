/** A resource that the server serves. The first version given for a group is the group's preferred one. */
export type FakeResource = {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly kind: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  readonly subresources: readonly string[];
  /** Served from a CustomResourceDefinition: list items carry apiVersion and kind, strategic patches are refused. */
  readonly custom: boolean;
};

export const allVerbs: readonly string[] = [
  "create",
  "delete",
  "deletecollection",
  "get",
  "list",
  "patch",
  "update",
  "watch",
];

type Rest = Partial<Omit<FakeResource, "group" | "version" | "kind" | "resource">>;

/** A resource with the usual verbs: `resourceType("apps/v1", "Deployment", "deployments", { shortNames: ["deploy"] })`. */
export function resourceType(
  apiVersion: string,
  kind: string,
  resource: string,
  rest: Rest = {},
): FakeResource {
  const slash = apiVersion.indexOf("/");
  return {
    group: slash < 0 ? "" : apiVersion.slice(0, slash),
    version: apiVersion.slice(slash + 1),
    resource,
    kind,
    singular: kind.toLowerCase(),
    namespaced: true,
    shortNames: [],
    categories: [],
    verbs: allVerbs,
    subresources: [],
    custom: false,
    ...rest,
  };
}

const all = { categories: ["all"] };
const cluster = { namespaced: false };
const snapshots = "snapshot.storage.k8s.io/v1";
const review = { namespaced: false, verbs: ["create"] };

/** A small cluster's kinds, in the order in which an API server lists its groups. */
export const defaultResources: readonly FakeResource[] = [
  resourceType("v1", "ConfigMap", "configmaps", { shortNames: ["cm"] }),
  resourceType("v1", "Endpoints", "endpoints", { shortNames: ["ep"] }),
  resourceType("v1", "Event", "events", { shortNames: ["ev"] }),
  resourceType("v1", "Namespace", "namespaces", { ...cluster, shortNames: ["ns"] }),
  resourceType("v1", "Node", "nodes", { ...cluster, shortNames: ["no"] }),
  resourceType("v1", "PersistentVolumeClaim", "persistentvolumeclaims", { shortNames: ["pvc"] }),
  resourceType("v1", "PersistentVolume", "persistentvolumes", { ...cluster, shortNames: ["pv"] }),
  resourceType("v1", "Pod", "pods", {
    ...all,
    shortNames: ["po"],
    subresources: ["exec", "log", "status"],
  }),
  resourceType("v1", "Secret", "secrets"),
  resourceType("v1", "ServiceAccount", "serviceaccounts", { shortNames: ["sa"] }),
  resourceType("v1", "Service", "services", { ...all, shortNames: ["svc"] }),
  resourceType("apps/v1", "ControllerRevision", "controllerrevisions"),
  resourceType("apps/v1", "DaemonSet", "daemonsets", { ...all, shortNames: ["ds"] }),
  resourceType("apps/v1", "Deployment", "deployments", {
    ...all,
    shortNames: ["deploy"],
    subresources: ["scale", "status"],
  }),
  resourceType("apps/v1", "ReplicaSet", "replicasets", { ...all, shortNames: ["rs"] }),
  resourceType("apps/v1", "StatefulSet", "statefulsets", { ...all, shortNames: ["sts"] }),
  resourceType("authorization.k8s.io/v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews", {
    ...review,
  }),
  resourceType("autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", {
    ...all,
    shortNames: ["hpa"],
  }),
  resourceType("autoscaling/v1", "HorizontalPodAutoscaler", "horizontalpodautoscalers", {
    ...all,
    shortNames: ["hpa"],
  }),
  resourceType("batch/v1", "CronJob", "cronjobs", { ...all, shortNames: ["cj"] }),
  resourceType("batch/v1", "Job", "jobs", all),
  resourceType("rbac.authorization.k8s.io/v1", "ClusterRole", "clusterroles", cluster),
  resourceType(
    "rbac.authorization.k8s.io/v1",
    "ClusterRoleBinding",
    "clusterrolebindings",
    cluster,
  ),
  resourceType("storage.k8s.io/v1", "StorageClass", "storageclasses", {
    ...cluster,
    shortNames: ["sc"],
  }),
  resourceType("apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions", {
    ...cluster,
    categories: ["api-extensions"],
    shortNames: ["crd", "crds"],
  }),
  resourceType(snapshots, "VolumeSnapshotClass", "volumesnapshotclasses", {
    ...cluster,
    custom: true,
  }),
  resourceType(snapshots, "VolumeSnapshotContent", "volumesnapshotcontents", {
    ...cluster,
    custom: true,
    shortNames: ["vsc"],
  }),
  resourceType(snapshots, "VolumeSnapshot", "volumesnapshots", {
    custom: true,
    shortNames: ["vs"],
    subresources: ["status"],
  }),
];
