import { claimKey } from "../claim-volume.ts";
import { findClaimMounts } from "./copy-mount.ts";
import { copyByTar } from "./tar-copy.ts";
import type { CopyOutcome, CopyTools, PodCopyRequest } from "./volume-copies.ts";

/** As VolumeCopies.copyFromPod: in the first container that has the whole volume and a tar. */
export async function copyFromPod(
  { plan, pod, write }: PodCopyRequest,
  tools: CopyTools,
  signal: AbortSignal,
): Promise<CopyOutcome> {
  const found = findClaimMounts(pod, plan.claim);
  if (found.kind === "none") return { kind: "skipped", reason: found.reason };
  const { name, namespace = plan.namespace } = pod.metadata;
  const lacking: string[] = [];
  for (const { container, path, nestedMounts } of found.mounts) {
    const place = { namespace, pod: name, container, directory: path, nestedMounts };
    const outcome = await copyByTar({ claim: claimKey(plan), ...place }, write, tools, signal);
    if (outcome.kind !== "no tar") return outcome;
    lacking.push(`container ${container} of pod ${name}: ${outcome.reason}`);
  }
  return {
    kind: "skipped",
    reason: `there is no container to copy it in: ${lacking.join("; ")}`,
    hint: "Use an image with sh and tar, or a storage class whose driver makes snapshots.",
  };
}
