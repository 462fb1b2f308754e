import { randomBytes } from "node:crypto";
import type { ApiResource } from "../src/cluster/cluster.ts";
import { forEachParallel } from "../src/lib/bounded-parallel.ts";
import { hasCode } from "../src/lib/errors.ts";
import { openBenchCluster } from "./support/bench-cluster.ts";

/** seed-configmaps NAMESPACE COUNT: makes a namespace with that many ConfigMaps of 1.8 KB; what is there already stays. */
const [namespace = "", count = ""] = process.argv.slice(2);
const { cluster, close } = await openBenchCluster();
const { signal } = new AbortController();
const { resources } = await cluster.discover(signal);
const find = (name: string): ApiResource => {
  const found = resources.find((resource) => resource.group === "" && resource.resource === name);
  if (!found) throw new Error(`no resource ${name}`);
  return found;
};
const ignoreExisting = (error: unknown): void => {
  if (!hasCode(error, "AlreadyExists")) throw error;
};

await cluster
  .create(find("namespaces"), { metadata: { name: namespace } }, {}, signal)
  .catch(ignoreExisting);
await forEachParallel(
  Array.from({ length: Number(count) }, (_, index) => `settings-${String(index).padStart(6, "0")}`),
  16,
  async (name) => {
    const data = { "application.properties": randomBytes(640).toString("hex") };
    const object = {
      metadata: { name, namespace, labels: { app: "bench", tier: "config" } },
      data,
    };
    await cluster.create(find("configmaps"), object, {}, signal).catch(ignoreExisting);
  },
  signal,
);
close();
