import { ArkError } from "../lib/errors.ts";
import type { BackupReport } from "./backup-report.ts";
import type { BackupRequest } from "./backup-request.ts";
import { collectBlocks } from "./blocks/collect-blocks.ts";
import { createDetachedRun, type DetachedPorts } from "./detached-run.ts";
import { executeBlocks } from "./blocks/execute-blocks.ts";
import type { ItemBlock, PlannedPod } from "./blocks/group-items.ts";
import { planBackup } from "./plan/plan-backup.ts";

export type Rehearsal = {
  /** Which of the request's pods. */
  isMeant(pod: { readonly namespace: string; readonly name: string }): boolean;
  /** Leave the pre hooks out: for a thaw by hand. */
  readonly postOnly: boolean;
};

/**
 * Runs the hooks of live pods as a backup would (guard, journal, time-outs, blocks, post hooks whatever happens) and
 * stores nothing.
 * @param request its namespaces and selector say where to look; only pods are read
 * @returns a report without items
 * @throws ArkError Usage when no pod is meant, or none of them has hooks; as `runBackup` otherwise
 */
export async function rehearseHooks(
  request: BackupRequest,
  rehearsal: Rehearsal,
  ports: DetachedPorts,
  signal: AbortSignal,
): Promise<BackupReport> {
  const plan = await planBackup(request, ports.cluster, signal);
  const { run, findings } = createDetachedRun(plan, ports);
  const startedAt = ports.clock.now();
  await run.freezes.warnAboutLeftFrozen();
  const blocks = chooseBlocks(await collectBlocks(run, signal), rehearsal);
  await executeBlocks(blocks, run, signal);
  return findings.build({
    name: request.name,
    startedAt,
    completedAt: ports.clock.now(),
    itemCount: 0,
    itemCounts: {},
    uncompressedBytes: 0,
  });
}

function chooseBlocks(blocks: readonly ItemBlock[], rehearsal: Rehearsal): ItemBlock[] {
  const chosen = blocks.flatMap((block) => {
    const pods = block.pods.filter(({ view }) => rehearsal.isMeant(view)).map(withoutUnwanted);
    return pods.some(hasHooks) ? [{ ...block, pods: pods.filter(hasHooks) }] : [];
  });
  if (chosen.length > 0) return chosen;
  throw new ArkError("Usage", "none of these pods has hooks to run", {
    hint: "See `kubectl ark hooks get` for what there is, and `kubectl ark hooks set` to add some.",
  });

  function withoutUnwanted(pod: PlannedPod): PlannedPod {
    return rehearsal.postOnly ? { ...pod, hooks: { ...pod.hooks, pre: [] } } : pod;
  }
}

const hasHooks = ({ hooks }: PlannedPod): boolean => hooks.pre.length + hooks.post.length > 0;
