import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "../../src/cluster/kubernetes/connect.ts";
import { createKubernetesCluster } from "../../src/cluster/kubernetes/kubernetes-cluster.ts";
import { groupResourceOf } from "../../src/cluster/group-resource.ts";
import { systemClock } from "../../src/lib/system-clock.ts";
import type { ClusterSetup, TestCluster } from "./cluster-suite.ts";
import {
  type FakeApiServer,
  type FakeApiServerOptions,
  startFakeApiServer,
} from "./fake-api-server/server.ts";

export type ServedCluster = TestCluster & { readonly server: FakeApiServer };

const quickRetry = { maxAttempts: 8, budgetMs: 10_000, baseDelayMs: 1, maxDelayMs: 10 };

/** The real adapter, connected through a kubeconfig to a fake API server over TLS. */
export async function makeServedCluster(
  setup: ClusterSetup = {},
  options: FakeApiServerOptions = {},
): Promise<ServedCluster> {
  const { objects = [], resources, brokenGroups = [], forbidden = [] } = setup;
  const server = await startFakeApiServer({
    ...(resources && { resources }),
    brokenGroups,
    authorize: ({ verb, group, resource }) =>
      !forbidden.includes(`${verb} ${groupResourceOf({ group, resource })}`),
    ...options,
  });
  for (const { apiVersion = "", kind = "", ...rest } of objects)
    server.put({ apiVersion, kind, ...rest, metadata: { ...rest.metadata } });
  const directory = await mkdtemp(join(tmpdir(), "kubectl-ark-test-"));
  const kubeconfig = join(directory, "kubeconfig");
  await writeFile(kubeconfig, server.kubeconfig());
  const connection = await connect(
    { kubeconfig },
    {
      env: {},
      homeDirectory: directory,
      workingDirectory: directory,
      isTerminal: false,
      warn: () => {},
      clock: systemClock,
    },
  );
  const cluster = createKubernetesCluster(connection, { clock: systemClock, retry: quickRetry });
  return {
    cluster,
    server,
    async [Symbol.asyncDispose]() {
      connection.close();
      await server.close();
      await rm(directory, { recursive: true });
    },
  };
}
