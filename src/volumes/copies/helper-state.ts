import type { KubernetesObject } from "../../cluster/cluster.ts";
import { type Fields, fieldsAt, listIn, textIn } from "../object-fields.ts";

/** How far a helper pod has come. */
export type HelperState =
  | { readonly kind: "running" }
  /** It may still run; `why` is for the case that it does not in time. */
  | { readonly kind: "waiting"; readonly why: string }
  | { readonly kind: "broken"; readonly why: string; readonly hint?: string | undefined };

/** Reasons of a waiting container that do not go by themselves. */
const FINAL_REASONS = new Set([
  "ErrImageNeverPull",
  "InvalidImageName",
  "CreateContainerConfigError",
  "CreateContainerError",
  "RunContainerError",
  "ImagePullBackOff",
]);

export function helperState(pod: KubernetesObject): HelperState {
  if (pod.metadata.deletionTimestamp !== undefined) {
    return { kind: "broken", why: "somebody has deleted it" };
  }
  const status = fieldsAt(pod, "status");
  const phase = textIn(status, "phase") ?? "Pending";
  const container = fieldsAt(listIn(status, "containerStatuses")[0] ?? {}, "state");
  if (phase === "Failed" || phase === "Succeeded") return ended(phase, status, container);
  if (typeof container["running"] === "object") return { kind: "running" };
  return waiting(status, container);
}

function ended(phase: string, status: Fields, container: Fields): HelperState {
  const terminated = fieldsAt(container, "terminated");
  const reason = textIn(status, "reason") ?? textIn(terminated, "reason") ?? phase;
  const message = textIn(status, "message") ?? textIn(terminated, "message");
  return {
    kind: "broken",
    why: `it has ended: ${joined(reason, message)}`,
    hint: "The image needs sh, sleep and tar.",
  };
}

function waiting(status: Fields, container: Fields): HelperState {
  const wait = fieldsAt(container, "waiting");
  const reason = textIn(wait, "reason");
  if (reason !== undefined && reason !== "ContainerCreating" && reason !== "PodInitializing") {
    const why = joined(reason, textIn(wait, "message"));
    if (!FINAL_REASONS.has(reason)) return { kind: "waiting", why };
    return { kind: "broken", why, hint: hintOf(reason) };
  }
  const unmet = listIn(status, "conditions").find(
    (condition) =>
      textIn(condition, "type") === "PodScheduled" && textIn(condition, "status") === "False",
  );
  if (unmet !== undefined) {
    return {
      kind: "waiting",
      why: joined(textIn(unmet, "reason") ?? "Unschedulable", textIn(unmet, "message")),
    };
  }
  return { kind: "waiting", why: "its volume is not mounted or its image not pulled yet" };
}

function hintOf(reason: string): string {
  return reason.includes("Image")
    ? "Give an image that the nodes can pull with --helper-image."
    : "Look at the pod's events, or give another image with --helper-image.";
}

function joined(reason: string, message: string | undefined): string {
  return message === undefined ? reason : `${reason}: ${message}`;
}
