import { describe } from "node:test";
import type { Cluster, KubernetesObject } from "../../src/cluster/cluster.ts";
import { describeAccess } from "./cluster-suite-access.ts";
import { describeDiscovery, describeLists } from "./cluster-suite-reads.ts";
import { describeExec } from "./cluster-suite-exec.ts";
import { describeWrites } from "./cluster-suite-writes.ts";
import type { FakeResource } from "./fake-api-server/resource-types.ts";

export type ClusterSetup = {
  readonly objects?: readonly KubernetesObject[];
  /** Default: `defaultResources`. */
  readonly resources?: readonly FakeResource[];
  /** "group/version" whose backend is dead. */
  readonly brokenGroups?: readonly string[];
  /** What the user may not do: "list secrets", "create deployments.apps". */
  readonly forbidden?: readonly string[];
};

/** A cluster made for one test, whose containers know true, false, echo, cat, sleep and `sh -c`. */
export type TestCluster = AsyncDisposable & { readonly cluster: Cluster };

export type MakeCluster = (setup?: ClusterSetup) => Promise<TestCluster>;

/** The contract of the Cluster port, for each of its implementations. */
export function describeCluster(name: string, makeCluster: MakeCluster): void {
  describe(name, () => {
    describeDiscovery(makeCluster);
    describeLists(makeCluster);
    describeWrites(makeCluster);
    describeAccess(makeCluster);
    describeExec(makeCluster);
  });
}
