import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { groupResourceOf } from "../src/cluster/group-resource.ts";
import { collectionPath } from "../src/cluster/kubernetes/resource-path.ts";
import { openBenchCluster } from "./support/bench-cluster.ts";
import { median, measure, type Measurement } from "./support/measure.ts";

/**
 * backup NAMESPACE RUNS: `kubectl-ark backup -n NAMESPACE` beside fetch-and-pack of the same lists, in turn.
 * Prints medians, the ratio of each pair, and the peak memory of the backup.
 */
const [namespace = "default", runs = "5"] = process.argv.slice(2);
const directory = await mkdtemp(join(tmpdir(), "ark-bench-"));
const ark = ["dist/kubectl-ark", "backup", "-n", namespace, "--store", directory];

try {
  const lists = await listPaths();
  const pairs: { ark: Measurement; yardstick: Measurement }[] = [];
  for (let run = 0; run <= Number(runs); run++) {
    const yardstick = await measure(process.execPath, [
      "bench/fetch-and-pack.ts",
      join(directory, "lists.gz"),
      ...lists,
    ]);
    const backup = await measure(process.execPath, ark);
    await rm(join(directory, "backups"), { recursive: true, force: true });
    // The first pair warms caches up.
    if (run > 0) pairs.push({ ark: backup, yardstick });
  }
  const ratios = pairs.map((pair) => pair.ark.wallMs / pair.yardstick.wallMs);
  console.log(
    [
      namespace,
      `yardstick ${seconds(median(pairs.map((pair) => pair.yardstick.wallMs)))} s`,
      `backup ${seconds(median(pairs.map((pair) => pair.ark.wallMs)))} s`,
      `ratio ${median(ratios).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
      `peak memory ${Math.round(Math.max(...pairs.map((pair) => pair.ark.peakKib)) / 1024)} MiB`,
    ].join("  "),
  );
} finally {
  await rm(directory, { recursive: true, force: true });
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(2);
}

/** The lists that the backup fetches: the kinds that its dry run names, as paths. */
async function listPaths(): Promise<string[]> {
  const { stdout } = await measure(process.execPath, [...ark, "--dry-run", "-o", "json"]);
  const { resources }: { resources: string[] } = JSON.parse(stdout);
  const { cluster, close } = await openBenchCluster();
  const discovery = await cluster.discover(new AbortController().signal);
  close();
  return discovery.resources
    .filter((resource) => resource.namespaced && resources.includes(groupResourceOf(resource)))
    .map((resource) => collectionPath(resource, namespace));
}
