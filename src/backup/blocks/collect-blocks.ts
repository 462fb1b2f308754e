import { parseRawObject } from "../../cluster/raw-object.ts";
import { toPodView, type PodView } from "../../hooks/pod-view.ts";
import { selectPodHooks } from "../../hooks/select-hooks.ts";
import { groupResourceOf } from "../../cluster/group-resource.ts";
import type { KubernetesObject, RawObject } from "../../cluster/cluster.ts";
import { claimKey } from "../../volumes/claim-volume.ts";
import { describePodVolumes } from "../../volumes/pod-volumes.ts";
import { findingFrom } from "../backup-report.ts";
import type { BackupRun } from "../backup-run.ts";
import { collectItems } from "../items/collect-items.ts";
import { groupItems, type ItemBlock, type PlannedPod } from "./group-items.ts";
import { skipReason } from "../items/item-sink.ts";
import { orderedPlaces } from "../plan/ordered-resources.ts";
import { planBlockVolumes } from "../volumes/plan-block-volumes.ts";

/**
 * Lists the pods once: those with hooks or claims become blocks (small views, not whole objects), the others go
 * straight to the archive. Says which hooks of the spec matched no pod: Velero calls such a backup Completed.
 */
export async function collectBlocks(run: BackupRun, signal: AbortSignal): Promise<ItemBlock[]> {
  const resource = run.plan.resources.find((candidate) => groupResourceOf(candidate) === "pods");
  const planned = new Map<string, PlannedPod>();
  const matched = new Set<number>();
  const planPod = createPodPlanner(run, matched);
  const takePod = (raw: RawObject): void => {
    const pod = skipReason(raw) ? undefined : planPod(raw);
    if (pod) planned.set(`${pod.view.namespace}/${pod.view.name}`, pod);
    else if (resource) run.sink.store(resource, raw);
  };
  let isWhole = true;
  try {
    for await (const items of resource ? collectItems(resource, run, signal) : []) {
      for (const raw of items) takePod(raw);
      await run.sink.drained();
    }
  } catch (error) {
    if (signal.aborted) throw error;
    isWhole = false;
    run.report.error(findingFrom(error, { groupResource: "pods" }));
  }
  const pods = [...planned.values()];
  for (const pod of pods) warnAboutHooks(pod, run);
  if (isWhole) reportUnmatched(run, matched, pods);
  const volumes = await planBlockVolumes(pods, run, signal);
  for (const { view } of pods) noteMounts(view, run);
  return groupItems(pods, { consistency: run.plan.request.consistency, volumes });
}

function noteMounts({ namespace, name, claims, phase }: PodView, run: BackupRun): void {
  if (phase !== "Running") return;
  for (const claim of claims) run.volumes?.mountedBy.set(claimKey({ namespace, claim }), name);
}

/** Volumes that are no claims are listed, so that nobody takes them for backed up. */
function createVolumeNoter(run: BackupRun): (pod: KubernetesObject, view: PodView) => void {
  // With several selectors a pod may come twice.
  const noted = new Set<string>();
  return (pod, { namespace, name }) => {
    const key = `${namespace}/${name}`;
    if (!run.volumes || noted.has(key)) return;
    noted.add(key);
    for (const volume of describePodVolumes(pod)) run.report.podVolume({ pod: key, ...volume });
  };
}

function createPodPlanner(
  run: BackupRun,
  matched: Set<number>,
): (raw: RawObject) => PlannedPod | undefined {
  const { plan } = run;
  const places = orderedPlaces(plan, "pods");
  const notePodVolumes = createVolumeNoter(run);
  return (raw) => {
    const object = parseRawObject(raw);
    const view = toPodView(object);
    notePodVolumes(object, view);
    const { matchedSpecHooks, ...selected } = selectPodHooks(view, plan.specHooks);
    for (const index of matchedSpecHooks) matched.add(index);
    const hooks =
      plan.request.hooks === false ? { ...selected, pre: [], post: [], warnings: [] } : selected;
    const isPlain = hooks.pre.length + hooks.post.length + view.claims.length === 0;
    return isPlain && hooks.warnings.length === 0
      ? undefined
      : { view, hooks, place: places.get(`${view.namespace}/${view.name}`) };
  };
}

/** Remarks on a spec's own values were made once, when it was read. */
function warnAboutHooks({ view, hooks }: PlannedPod, run: BackupRun): void {
  const own = [...hooks.pre, ...hooks.post].filter(({ source }) => source === "annotation");
  const { namespace, name } = view;
  for (const message of [...own.flatMap(({ warnings }) => warnings), ...hooks.warnings]) {
    run.report.warn({ message, groupResource: "pods", namespace, name });
  }
}

/** After a whole list only: of pods that could not be read nothing is known. */
function reportUnmatched(
  run: BackupRun,
  matched: ReadonlySet<number>,
  pods: readonly PlannedPod[],
): void {
  for (const [index, hook] of run.plan.specHooks.entries()) {
    if (matched.has(index)) continue;
    run.report.error({
      message: `hook ${hook.name} of the backup's spec matches no pod`,
      hint: "Compare its namespaces and label selector with `kubectl get pods --show-labels`, or remove it.",
    });
  }
  const anyHook = pods.some(({ hooks }) => hooks.pre.length + hooks.post.length > 0);
  if (run.plan.request.hooks === true && !anyHook) {
    run.report.error({
      message: "hooks were asked for (--hooks), but no pod of this backup has any",
      hint: "Set some with `kubectl ark hooks set`, or leave --hooks away.",
    });
  }
}
