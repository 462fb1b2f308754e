import { stat } from "node:fs/promises";
import { delimiter, resolve } from "node:path";
import type { CliContext } from "../cli-context.ts";

/**
 * Refuses kubeconfigs that are pipes: a process that waits in a read cannot even exit before someone writes.
 * @throws Error naming the file
 */
export async function refusePipes(kubeconfig: unknown, { env, cwd }: CliContext): Promise<void> {
  const given = typeof kubeconfig === "string" ? [kubeconfig] : [];
  const paths = given.length > 0 ? given : (env["KUBECONFIG"] ?? "").split(delimiter);
  for (const path of paths.filter((one) => one !== "")) {
    const found = await stat(resolve(cwd, path)).catch(() => undefined);
    if (found?.isFIFO()) throw new Error(`${path} is a pipe, which is not read for completion`);
  }
}
