import { patchAnnotations } from "../../hooks/edit-hooks.ts";
import { warnAboutHooks } from "../../hooks/describe-hooks.ts";
import {
  createControllerFinder,
  labelOfOwner,
  type ControllerFinder,
} from "../../hooks/find-controller.ts";
import { HOOK_TARGET_KINDS } from "../../hooks/hook-target.ts";
import { escapeLine } from "../print/escape.ts";
import { plural } from "../print/quantities.ts";
import type { ChangeRequest, HookChange, PlannedChange } from "./hooks-change.ts";
import type { ResolvedTargets } from "./hooks-targets.ts";

/** How many labels are named in one warning. */
const MAX_NAMED = 3;

/** Says on stderr what the user may not expect of the changes, before they are made. @throws ArkError Cancelled */
export async function remarkOnChanges(
  changes: readonly PlannedChange[],
  { note }: Pick<HookChange, "note">,
  { resolved, request }: { readonly resolved: ResolvedTargets; readonly request: ChangeRequest },
): Promise<void> {
  const { cluster, context } = request;
  const findController = createControllerFinder(cluster, resolved.find, context.signal);
  const labelsOf = new Map<string, string[]>();
  for (const change of changes) {
    const { target } = change;
    const controller = await warnAboutController(change, findController, resolved);
    const warnings = [...warnAboutResult(change), ...(controller ? [controller] : [])];
    const later = target.effect.kind === "later" ? target.effect.note : undefined;
    const notes = [note(target), later].filter((text) => text !== undefined);
    const remarks = [
      ...warnings.map((text) => `warning: ${text}`),
      ...notes.map((text) => `note: ${text}`),
    ];
    for (const remark of remarks) {
      labelsOf.set(remark, [...(labelsOf.get(remark) ?? []), target.label]);
    }
  }
  for (const [remark, labels] of labelsOf) {
    context.stderr.write(`${escapeLine(formatRemark(remark, labels))}\n`);
  }
}

/** The same remark on many objects is made once. */
function formatRemark(remark: string, labels: readonly string[]): string {
  const more = labels.length - MAX_NAMED;
  const others = more > 0 ? ` and ${plural(more, "other")}` : "";
  return `${remark} (${labels.slice(0, MAX_NAMED).join(", ")}${others})`;
}

function warnAboutResult({ target: { view }, patch }: PlannedChange): string[] {
  return warnAboutHooks({ ...view, annotations: patchAnnotations(view.annotations, patch) });
}

async function warnAboutController(
  { target }: PlannedChange,
  findController: ControllerFinder,
  { find }: ResolvedTargets,
): Promise<string | undefined> {
  const { resource, controller, namespace } = target;
  if (controller === undefined) return undefined;
  if (resource.resource !== "pods") {
    return `made by ${labelOfOwner(controller)}, which may undo the change`;
  }
  const owner = (await findController(target)) ?? controller;
  const label = labelOfOwner(owner);
  const fact = `made by ${label}: the change is lost when the pod is replaced`;
  const kinds = HOOK_TARGET_KINDS.map((kind) => find(kind)?.kind);
  const isSettable = kinds.includes(owner.kind) && owner.kind !== "Job";
  return isSettable ? `${fact}; to keep it, change ${label} in namespace ${namespace}` : fact;
}
