import { ArkError } from "../../src/lib/errors.ts";
import { apiVersionOf } from "../../src/cluster/group-resource.ts";
import type { ClusterSetup, TestCluster } from "./cluster-suite.ts";
import { simulatedContainer } from "./fake-api-server/container-runtime.ts";
import { defaultResources } from "./fake-api-server/resource-types.ts";
import { MemoryCluster } from "./memory-cluster.ts";
import { execIn } from "./memory-exec.ts";
import type { Verb } from "./memory-failures.ts";

const verbs: readonly Verb[] = ["list", "get", "create", "patch", "delete"];

/** A MemoryCluster as the suite of the port wants it. */
export async function makeMemoryCluster(setup: ClusterSetup = {}): Promise<TestCluster> {
  const { objects = [], resources = defaultResources, brokenGroups = [], forbidden = [] } = setup;
  const cluster = new MemoryCluster({
    objects,
    resources: resources.filter((resource) => !brokenGroups.includes(apiVersionOf(resource))),
    discoveryFailures: brokenGroups.map((groupVersion) => ({ groupVersion, message: "dead" })),
    onExec: execIn(simulatedContainer(new Set())),
  });
  for (const rule of forbidden) {
    const [word, resource = ""] = rule.split(" ");
    const verb = verbs.find((candidate) => candidate === word) ?? "list";
    const error = new ArkError("Forbidden", `cannot ${verb} ${resource}: forbidden`);
    cluster.fail({ verb, resource, error });
  }
  return { cluster, [Symbol.asyncDispose]: async () => {} };
}
