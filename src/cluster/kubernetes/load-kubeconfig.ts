import { delimiter, join, resolve } from "node:path";
import { ArkError } from "../../lib/errors.ts";
import type { ConnectionEnvironment } from "./connection-flags.ts";
import type { Kubeconfig } from "./kubeconfig.ts";
import { readKubeconfigFile } from "./read-kubeconfig-file.ts";

/**
 * Finds and merges kubeconfigs as client-go does: `--kubeconfig` alone, else every file of $KUBECONFIG, else
 * ~/.kube/config. The first file to set the current context, or a named cluster, user or context, wins whole.
 * @param explicitPath value of --kubeconfig; this file must exist, others may be missing
 * @throws ArkError KubeconfigInvalid
 */
export async function loadKubeconfig(
  explicitPath: string | undefined,
  environment: ConnectionEnvironment,
): Promise<Kubeconfig> {
  const files = kubeconfigFiles(explicitPath, environment);
  const found = await Promise.all(files.map((file) => readKubeconfigFile(file)));
  const kubeconfigs = found.filter((kubeconfig) => kubeconfig !== undefined);
  if (kubeconfigs.length === 0) reportMissing(files, explicitPath, environment);
  return mergeKubeconfigs(kubeconfigs);
}

/** The files that are merged, whether they are there or not. */
export function kubeconfigFiles(
  explicitPath: string | undefined,
  environment: ConnectionEnvironment,
): readonly string[] {
  const list = environment.env["KUBECONFIG"] ?? "";
  if (explicitPath) return [resolve(environment.workingDirectory, explicitPath)];
  if (list === "") return [join(environment.homeDirectory, ".kube", "config")];
  const paths = list.split(delimiter).filter((path) => path !== "");
  return [...new Set(paths.map((path) => resolve(environment.workingDirectory, path)))];
}

function reportMissing(
  files: readonly string[],
  explicitPath: string | undefined,
  environment: ConnectionEnvironment,
): void {
  if (explicitPath) {
    throw new ArkError("KubeconfigInvalid", `the kubeconfig ${files[0]} does not exist`, {
      hint: "Check the path given with --kubeconfig.",
    });
  }
  if (environment.env["KUBECONFIG"] && files.length > 0) {
    environment.warn(`no file of KUBECONFIG exists: ${files.join(", ")}`);
  }
}

function mergeKubeconfigs(kubeconfigs: readonly Kubeconfig[]): Kubeconfig {
  return {
    currentContext: kubeconfigs.find((one) => one.currentContext !== undefined)?.currentContext,
    clusters: firstWins(kubeconfigs.map((one) => one.clusters)),
    users: firstWins(kubeconfigs.map((one) => one.users)),
    contexts: firstWins(kubeconfigs.map((one) => one.contexts)),
  };
}

function firstWins<T>(maps: readonly ReadonlyMap<string, T>[]): ReadonlyMap<string, T> {
  return new Map(maps.toReversed().flatMap((map) => [...map]));
}
