import type { KubernetesObject, OwnerReference } from "../cluster/cluster.ts";

/** What changing the annotations of a pod, or of a workload's pod template, sets off in the cluster. */
export type ChangeEffect =
  /** The pod itself is changed, and goes on. */
  | { readonly kind: "in place" }
  /** The workload's controller replaces its pods now. */
  | { readonly kind: "rollout"; readonly replicas?: number | undefined }
  /** Pods that exist stay as they are; `note` says when the change reaches new ones. */
  | { readonly kind: "later"; readonly note: string }
  /** The API server, or another controller, would not have it. */
  | { readonly kind: "refused"; readonly message: string; readonly hint: string };

type Workload = KubernetesObject & {
  readonly spec?: {
    readonly replicas?: number;
    readonly paused?: boolean;
    readonly updateStrategy?: { readonly type?: string };
  };
};

/** @param groupResource a kind that can carry hooks @param controller the object's controlling owner */
export function effectOfChange(
  groupResource: string,
  object: KubernetesObject,
  controller: OwnerReference | undefined,
): ChangeEffect {
  switch (groupResource) {
    case "pods":
      return { kind: "in place" };
    case "jobs.batch":
      return refusedForJob(controller);
    case "cronjobs.batch":
      return { kind: "later", note: "takes effect at the next run" };
    case "replicasets.apps":
      return controller ? refusedForOwned(controller) : onlyNewPods;
    case "replicationcontrollers":
      return onlyNewPods;
    default:
      return effectOnRollout(object);
  }
}

const onlyNewPods: ChangeEffect = {
  kind: "later",
  note: "reaches new pods only: annotate the pods that run now as well, or delete them",
};

function effectOnRollout(object: Workload): ChangeEffect {
  const { paused, updateStrategy, replicas } = object.spec ?? {};
  if (paused === true) {
    return { kind: "later", note: "is paused: its pods are replaced once it is resumed" };
  }
  if (updateStrategy?.type === "OnDelete") {
    return {
      kind: "later",
      note: "has the update strategy OnDelete: delete its pods to replace them",
    };
  }
  return { kind: "rollout", replicas };
}

function refusedForJob(controller: OwnerReference | undefined): ChangeEffect {
  const cronJob = controller?.kind === "CronJob" ? `cronjob/${controller.name}` : "the CronJob";
  return {
    kind: "refused",
    message: "a Job's pod template cannot be changed",
    hint: `Annotate its pod, or ${cronJob} for later runs.`,
  };
}

// The Deployment's controller no longer recognises a ReplicaSet whose template was changed, and makes another.
function refusedForOwned({ kind, name }: OwnerReference): ChangeEffect {
  return {
    kind: "refused",
    message: `it belongs to ${kind.toLowerCase()}/${name}, whose controller would replace it`,
    hint: `Set the hooks on ${kind.toLowerCase()}/${name}.`,
  };
}
