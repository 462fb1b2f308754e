import { homedir } from "node:os";
import type { Cluster } from "../../src/cluster/cluster.ts";
import { connect } from "../../src/cluster/kubernetes/connect.ts";
import { createKubernetesCluster } from "../../src/cluster/kubernetes/kubernetes-cluster.ts";
import { systemClock } from "../../src/lib/system-clock.ts";

/** The cluster of the environment's kubeconfig, as kubectl would find it. */
export async function openBenchCluster(): Promise<{ cluster: Cluster; close: () => void }> {
  const environment = {
    env: process.env,
    homeDirectory: homedir(),
    workingDirectory: process.cwd(),
    isTerminal: false,
    warn: (message: string) => void process.stderr.write(`${message}\n`),
    clock: systemClock,
  };
  const connection = await connect({}, environment);
  const cluster = createKubernetesCluster(connection, { clock: systemClock });
  return { cluster, close: () => connection.close() };
}
