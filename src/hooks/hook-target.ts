import type {
  ApiResource,
  KubernetesObject,
  OwnerReference,
  RawObject,
} from "../cluster/cluster.ts";
import { groupResourceOf } from "../cluster/group-resource.ts";
import { parseRawObject } from "../cluster/raw-object.ts";
import { ArkError } from "../lib/errors.ts";
import { effectOfChange, type ChangeEffect } from "./change-effect.ts";
import { toPodView, type PodView } from "./pod-view.ts";

/** A pod, or a workload whose pod template carries hook annotations. */
export type HookTarget = {
  readonly resource: ApiResource;
  readonly namespace: string;
  readonly name: string;
  /** As kubectl writes it: "pod/db-0", "deployment.apps/db". */
  readonly label: string;
  /** The pod, or the pod that the template would make: its containers count as running. */
  readonly view: PodView;
  /** Where the annotations stand in the object. */
  readonly path: readonly string[];
  readonly effect: ChangeEffect;
  readonly controller?: OwnerReference | undefined;
  readonly object: RawObject;
};

/** Where each kind has its pod template; a pod is its own. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  pods: [],
  "deployments.apps": ["spec", "template"],
  "statefulsets.apps": ["spec", "template"],
  "daemonsets.apps": ["spec", "template"],
  "replicasets.apps": ["spec", "template"],
  replicationcontrollers: ["spec", "template"],
  "jobs.batch": ["spec", "template"],
  "cronjobs.batch": ["spec", "jobTemplate", "spec", "template"],
};

/** The group-resources that can carry hooks. */
export const HOOK_TARGET_KINDS: readonly string[] = Object.keys(TEMPLATES);

export function canHaveHooks(resource: ApiResource): boolean {
  return Object.hasOwn(TEMPLATES, groupResourceOf(resource));
}

/** "pod/db-0", "deployment.apps/db": the name of an object as kubectl prints it. */
export function labelOf(kind: string, group: string, name: string): string {
  return `${kind.toLowerCase()}${group === "" ? "" : `.${group}`}/${name}`;
}

/** @throws ArkError Usage for a kind that has no pod template, ServerError when the object cannot be read */
export function readHookTarget(object: RawObject, resource: ApiResource): HookTarget {
  const template = TEMPLATES[groupResourceOf(resource)];
  if (template === undefined) throw noHooks(resource);
  const parsed = parseRawObject(object);
  const { namespace = "", name, ownerReferences = [] } = parsed.metadata;
  const controller = ownerReferences.find((owner) => owner.controller === true);
  return {
    resource,
    namespace,
    name,
    label: labelOf(resource.kind, resource.group, name),
    view: template.length === 0 ? toPodView(parsed) : viewOfTemplate(parsed, template),
    path: [...template, "metadata", "annotations"],
    effect: effectOfChange(groupResourceOf(resource), parsed, controller),
    controller,
    object,
  };
}

function viewOfTemplate(object: KubernetesObject, path: readonly string[]): PodView {
  const template = fieldAt(object, path);
  const { namespace, name } = object.metadata;
  const view = toPodView({
    metadata: {
      ...asRecord(asRecord(template)["metadata"]),
      name,
      ...(namespace && { namespace }),
    },
    spec: asRecord(template)["spec"],
  });
  const containers = view.containers.map((container) => ({ ...container, running: true }));
  return { ...view, phase: "Running", containers };
}

/** The value at `path`; undefined when something on the way is missing. */
export function fieldAt(object: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, key) => asRecord(value)[key], object);
}

/** Anything that is not an object counts as an empty one. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** @returns the error for a kind that cannot carry hooks */
export function noHooks(resource: ApiResource): ArkError {
  return new ArkError(
    "Usage",
    `${groupResourceOf(resource)} have no pods of their own to run hooks in`,
    {
      hint: `Hooks belong to these: ${HOOK_TARGET_KINDS.join(", ")}.`,
    },
  );
}
