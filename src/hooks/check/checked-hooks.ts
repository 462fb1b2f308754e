import { parseRawObject } from "../../cluster/raw-object.ts";
import { annotationHook } from "../from-annotations.ts";
import type { ResolvedResourceHook } from "../from-spec.ts";
import { asRecord, fieldAt, type HookTarget } from "../hook-target.ts";
import type { HookPhase } from "../hook.ts";
import type { PodView } from "../pod-view.ts";
import { usedKeys } from "../key-sets.ts";
import type { Annotations, CheckedHook, CheckedHooks } from "./rule.ts";

/** What would run in a pod, and where each hook is written. @param entries the document's, of this pod only */
export function checkedHooks(
  view: PodView,
  entries: readonly ResolvedResourceHook[] = [],
): CheckedHooks {
  const ofPhase = (phase: HookPhase): readonly CheckedHook[] => {
    const { hook } = annotationHook(view, phase);
    const origin = usedKeys(view.annotations, phase)?.command ?? "";
    if (hook) return [{ ...hook, origin }];
    return entries.flatMap((entry) =>
      entry[phase].map((exec, place) => ({
        ...exec,
        origin: `spec.hooks.resources[${entry.index}].${phase}[${place}]`,
      })),
    );
  };
  return { pre: ofPhase("pre"), post: ofPhase("post") };
}

/** Annotations of a workload outside its pod template: its own, and those of a CronJob's job template. */
export function annotationsBeside({ object, path }: HookTarget): Annotations {
  // ["metadata", "annotations"]: a pod.
  if (path.length === 2) return {};
  const jobTemplate = fieldAt(parseRawObject(object), [
    "spec",
    "jobTemplate",
    "metadata",
    "annotations",
  ]);
  return { ...textsOf(jobTemplate), ...object.metadata.annotations };
}

function textsOf(value: unknown): Annotations {
  const texts = Object.entries(asRecord(value)).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return Object.fromEntries(texts);
}
