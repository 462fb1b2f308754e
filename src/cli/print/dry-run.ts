import type { DryRun } from "../../backup/dry-run-backup.ts";
import type { BackupRequest } from "../../backup/backup-request.ts";
import type { PlannedVolume } from "../../backup/volumes/captured-volume.ts";
import type { ItemBlock, PlannedPod } from "../../backup/blocks/group-items.ts";
import { claimKey } from "../../volumes/claim-volume.ts";
import { groupResourceOf } from "../../cluster/group-resource.ts";
import type { ExecHook } from "../../hooks/hook.ts";
import { formatFindings } from "./backup-summary.ts";
import { formatSeconds, plural } from "./quantities.ts";
import { formatTable } from "./table.ts";
import { wrapList } from "./wrap.ts";

/**
 * What `--dry-run` prints: scope, kinds, in their order the hooks that would run, and how each volume would be captured.
 * @param width columns of the terminal; in a pipe nothing is cut
 */
export function formatDryRun(
  { plan, blocks, errors, warnings }: DryRun,
  width: number = Number.POSITIVE_INFINITY,
): string {
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
    hooked.length === 0
      ? "No hooks would run.\n"
      : hookTable(
          hooked.map(({ pods }) => pods),
          width,
        ),
    ...volumeTable(blocks, plan.request, width),
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
    blocks: blocks.map(({ pods, claims, volumes, consistency }) => ({
      consistency,
      claims,
      volumes: volumes.map(({ plan: volume }) => ({
        claim: claimKey(volume),
        volume: volume.volume,
        driver: volume.driver,
        ...volume.method,
      })),
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

/** How a volume would be captured, or why it would not. */
function describeCapture(
  { plan: { method } }: PlannedVolume,
  { volumeData }: BackupRequest,
): string {
  const copied = volumeData ? ", then copied into the store" : "";
  if (method.kind === "snapshot") {
    return `snapshot of class ${method.className ?? "<the driver's default>"}${copied}`;
  }
  return volumeData ? `copied in its pod (${method.reason})` : `not captured: ${method.reason}`;
}

function volumeTable(
  blocks: readonly ItemBlock[],
  request: BackupRequest,
  width: number,
): string[] {
  const rows = blocks.flatMap(({ volumes }, index) =>
    volumes.map((volume) => [
      String(index + 1),
      claimKey(volume.plan),
      describeCapture(volume, request),
    ]),
  );
  if (rows.length === 0) return [];
  return [formatTable(["BLOCK", "CLAIM", "VOLUME"], rows, { fit: { header: "VOLUME", width } })];
}

function hookTable(blocks: readonly (readonly PlannedPod[])[], width: number): string {
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
    { fit: { header: "COMMAND", width } },
  );
}
