import { describeCluster } from "../../../support/cluster-suite.ts";
import { makeServedCluster } from "../../../support/make-served-cluster.ts";

describeCluster("cluster behind an API server", makeServedCluster);

describeCluster("cluster behind an API server without aggregated discovery", (setup) =>
  makeServedCluster(setup, { aggregatedDiscovery: false }),
);
