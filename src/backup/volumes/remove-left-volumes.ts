import { ArkError, messageOf, throwIfAborted } from "../../lib/errors.ts";
import {
  findLeftovers,
  removeLeftovers,
  type Leftover,
} from "../../volumes/snapshots/leftovers.ts";
import type { BackupRun, Ports } from "../backup-run.ts";

/**
 * Removes what runs have left in the cluster that died before they published: snapshots, helper pods and their claims.
 * What cannot be removed is a warning; what may not be looked for is passed over.
 * @throws ArkError Cancelled
 */
export async function removeLeftVolumes(
  run: BackupRun,
  { cluster, clock, clientProcess }: Ports,
  signal: AbortSignal,
): Promise<void> {
  if (!run.volumes) return;
  const { names, namespaces } = run.plan;
  const findResource = (groupResource: string) => names.find(groupResource);
  const tools = { cluster, clock, clientProcess, findResource };
  try {
    const { found } = await findLeftovers(
      { namespaces: namespaces.named ?? undefined },
      tools,
      signal,
    );
    for (const { leftover, result, message } of await removeLeftovers(found, tools, signal)) {
      const about = describeLeftover(leftover);
      if (result === "left") {
        run.report.warn({
          message: `${about} of backup ${leftover.backup}, which was never finished, could not be removed: ${message ?? ""}`,
          hint: `Try again with: kubectl ark backup delete ${leftover.backup}`,
        });
      } else {
        run.log.write("info", `removed a leftover: ${about}`, { backup: leftover.backup });
      }
    }
  } catch (error) {
    throwIfAborted(signal);
    run.log.write("warning", `leftovers could not be looked for: ${messageOf(error)}`);
  }
}

function describeLeftover({ groupResource, namespace, name }: Leftover): string {
  return `${groupResource} ${namespace === "" ? name : `${namespace}/${name}`}`;
}

/** The error, with what a run that is given up could not remove from the cluster. */
export function withLeft(error: unknown, left: readonly string[]): unknown {
  if (left.length === 0) return error;
  const code = error instanceof ArkError ? error.code : "Internal";
  return new ArkError(code, `${messageOf(error)}; left in the cluster: ${left.join(", ")}`, {
    cause: error,
    hint: "The next backup, or `kubectl ark backup delete` with this backup's name, removes it.",
  });
}
