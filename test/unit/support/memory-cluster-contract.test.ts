import { describeCluster } from "../../support/cluster-suite.ts";
import { makeMemoryCluster } from "../../support/make-memory-cluster.ts";

describeCluster("memory cluster", makeMemoryCluster);
