import type { AnnotationPatch } from "../../hooks/edit-hooks.ts";
import type { HookTarget } from "../../hooks/hook-target.ts";
import { escapeLine } from "./escape.ts";

/** The change of an object's annotations, in the form of a unified diff. */
export function formatAnnotationDiff(
  { label, namespace, path, view: { annotations } }: HookTarget,
  patch: AnnotationPatch,
): string {
  const removed = Object.keys(patch).filter((key) => annotations[key] !== undefined);
  const added = Object.keys(patch).filter((key) => patch[key] !== null);
  const lines = [
    `--- ${namespace}/${label}`,
    `+++ ${namespace}/${label}`,
    `@@ ${path.join(".")} @@`,
    ...removed.map((key) => `-${key}: ${JSON.stringify(annotations[key])}`),
    ...added.map((key) => `+${key}: ${JSON.stringify(patch[key])}`),
  ];
  return lines.map((line) => `${escapeLine(line)}\n`).join("");
}
