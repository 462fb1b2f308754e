import { forEachParallel } from "../lib/bounded-parallel.ts";
import { includesCommands, type OpenEntry } from "./freeze-journal.ts";
import { closeEntry, thawEntry, type ThawPorts, type ThawResult } from "./thaw-entry.ts";

/** How many pods are thawed side by side. */
const PARALLELISM = 16;

/**
 * Thaws what the entries tell of, side by side; entries of one pod one after another, and the same commands once.
 * @param onResult called for each entry as soon as it is done
 * @throws ArkError Cancelled when the signal aborts: pods under way are thawed first, and no other is begun
 */
export async function thawEntries(
  entries: readonly OpenEntry[],
  ports: ThawPorts,
  onResult: (result: ThawResult) => void,
  signal: AbortSignal,
): Promise<void> {
  const pods = Map.groupBy(entries, ({ podUid }) => podUid);
  const thawPod = async (ofPod: readonly OpenEntry[]): Promise<void> => {
    const thawed: OpenEntry[] = [];
    for (const entry of ofPod) {
      const isDone = thawed.some((one) => includesCommands(one.postHooks, entry.postHooks));
      const result = isDone
        ? await closeEntry(entry, ports, { result: "thawed", hooks: [] })
        : await thawEntry(entry, ports, signal);
      if (result.result === "thawed") thawed.push(entry);
      onResult(result);
    }
  };
  await forEachParallel(pods.values(), PARALLELISM, thawPod, signal);
}

/** Closes entries without running anything, for pods that were thawed by other means. */
export async function forgetEntries(
  entries: readonly OpenEntry[],
  ports: Pick<ThawPorts, "journal">,
  onResult: (result: ThawResult) => void,
): Promise<void> {
  for (const entry of entries) {
    const message = "nothing was run in the pod";
    onResult(await closeEntry(entry, ports, { result: "forgotten", message, hooks: [] }));
  }
}
