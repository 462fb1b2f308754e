import type { DryRun } from "../../backup/dry-run-backup.ts";
import type { PlannedPod } from "../../backup/group-items.ts";
import { groupResourceOf } from "../../cluster/group-resource.ts";
import type { ExecHook } from "../../hooks/hook.ts";
import { formatFindings } from "./backup-summary.ts";
import { formatSeconds, plural } from "./quantities.ts";
import { formatTable } from "./table.ts";
import { textWidth, wrapList } from "./wrap.ts";

/** What `--dry-run` prints: scope, kinds, and in their order the hooks that would run. */
export function formatDryRun({ plan, blocks, errors, warnings }: DryRun): string {
  const { named, everything } = plan.namespaces;
  const namespaces = named ?? [everything ? "all" : "all but the excluded ones"];
  const kinds = plan.resources.map(groupResourceOf);
  const hooked = blocks.filter(({ pods }) => pods.some(hasHooks));
  return [
    `Name:        ${plan.request.name}`,
    ...wrapList("Namespaces:  ", namespaces, 13),
    `Selector:    ${plan.selectors.map((selector) => selector ?? "<none>").join(" or ")}`,
    ...wrapList("Resources:   ", kinds.length === 0 ? ["<none>"] : kinds, 13),
    `Blocks:      ${blocks.length}, of them with hooks: ${hooked.length}`,
    "",
    hooked.length === 0 ? "No hooks would run.\n" : hookTable(hooked.map(({ pods }) => pods)),
    ...formatFindings("error", errors),
    ...formatFindings("warning", warnings),
    `Nothing was run or stored (dry run); ${plural(errors.length, "error")}.`,
    "",
  ].join("\n");
}

/** The same for programs. */
export function toDryRunJson({ plan, blocks, errors, warnings }: DryRun): unknown {
  return {
    name: plan.request.name,
    namespaces: plan.namespaces.named ?? ["*"],
    selectors: plan.selectors.map((selector) => selector ?? ""),
    resources: plan.resources.map(groupResourceOf),
    blocks: blocks.map(({ pods, claims }) => ({
      claims,
      pods: pods.map(({ view, hooks }) => ({
        namespace: view.namespace,
        name: view.name,
        order: hooks.order,
        pre: hooks.pre,
        post: hooks.post,
      })),
    })),
    errors,
    warnings,
  };
}

const hasHooks = ({ hooks }: PlannedPod): boolean => hooks.pre.length + hooks.post.length > 0;

function hookTable(blocks: readonly (readonly PlannedPod[])[]): string {
  const rows = blocks.flatMap((pods, index) => {
    const row = (pod: PlannedPod, hook: ExecHook): string[] => [
      String(index + 1),
      `${pod.view.namespace}/${pod.view.name}`,
      hook.phase,
      hook.container || pod.view.containers[0]?.name || "",
      hook.command.join(" "),
      hook.onError,
      formatSeconds(hook.timeoutMs),
    ];
    const pre = pods.flatMap((pod) => pod.hooks.pre.map((hook) => row(pod, hook)));
    const post = pods.toReversed().flatMap((pod) => pod.hooks.post.map((hook) => row(pod, hook)));
    return [...pre, ...post];
  });
  return formatTable(
    ["BLOCK", "POD", "PHASE", "CONTAINER", "COMMAND", "ON-ERROR", "TIMEOUT"],
    rows,
    { fit: { header: "COMMAND", width: textWidth } },
  );
}
