import { ArkError, messageOf } from "../../lib/errors.ts";
import { claimKey } from "../claim-volume.ts";
import { createHelper, type HelperObjects } from "./helper-objects.ts";
import { HELPER_CONTAINER, HELPER_DIRECTORY } from "./helper-pod.ts";
import { untilRunning } from "./helper-wait.ts";
import { copyByTar } from "./tar-copy.ts";
import type { CopyOutcome, CopyTools, SnapshotCopyRequest } from "./volume-copies.ts";

/** As VolumeCopies.copyFromSnapshot, but leaves the helper where it is. */
export async function copyByHelper(
  objects: HelperObjects,
  request: SnapshotCopyRequest,
  tools: CopyTools,
  signal: AbortSignal,
): Promise<CopyOutcome> {
  try {
    const user = await createHelper(objects, request, tools, signal);
    if (user === "source") logUser(objects, tools);
    await untilRunning(objects, tools, signal);
    return await copyFromHelper(objects, request, tools, signal);
  } catch (error) {
    if (signal.aborted) return { kind: "failed", reason: "interrupted" };
    const hint = error instanceof ArkError ? error.hint : undefined;
    return { kind: "failed", reason: messageOf(error), hint };
  }
}

function logUser({ namespace, name }: HelperObjects, { log }: CopyTools): void {
  log.write("info", "root is refused here: the volume is copied as the user of its pod", {
    namespace,
    pod: name,
  });
}

async function copyFromHelper(
  { namespace, name }: HelperObjects,
  { plan, write }: SnapshotCopyRequest,
  tools: CopyTools,
  signal: AbortSignal,
): Promise<CopyOutcome> {
  const source = {
    claim: claimKey(plan),
    namespace,
    pod: name,
    container: HELPER_CONTAINER,
    directory: HELPER_DIRECTORY,
    nestedMounts: [],
  };
  const outcome = await copyByTar(source, write, tools, signal);
  if (outcome.kind !== "no tar") return outcome;
  return {
    kind: "failed",
    reason: `the helper image ${tools.helper.image} cannot be used: ${outcome.reason}`,
    hint: "Give an image with sh, sleep and GNU tar with --helper-image.",
  };
}
