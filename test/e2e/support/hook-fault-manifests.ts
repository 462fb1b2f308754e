import { asRecord, fieldAt } from "../../../src/hooks/hook-target.ts";
import { correctObjects, hookFaults } from "../../support/hook-faults.ts";
import { aPod } from "./manifests.ts";

type Fixture = (typeof correctObjects)[number];

/** What the cluster makes itself: the pods of StatefulSets. */
const isMade = ({ metadata }: Fixture): boolean => metadata.ownerReferences !== undefined;

/** The fixtures' objects as a real cluster takes them. */
export const hookFaultManifests: readonly unknown[] = [
  ...hookFaults.flatMap(({ objects }) => objects),
  ...correctObjects,
]
  .filter((object) => !isMade(object))
  .map((object) => (object.kind === "Pod" ? toPod(object) : toStatefulSet(object)));

/** Annotations that are set on pods after their workload made them: "NAME", "KEY=VALUE"…. */
export const laterAnnotations: readonly (readonly string[])[] = hookFaults
  .flatMap(({ objects }) => objects)
  .filter(isMade)
  .map(({ metadata: { name, annotations = {} } }) => [
    name,
    ...Object.entries(annotations).map(([key, value]) => `${key}=${value}`),
  ]);

function toPod(object: Fixture): unknown {
  const { name, annotations = {} } = object.metadata;
  const phase = fieldAt(object, ["status", "phase"]);
  const script = phase === "Succeeded" ? { script: "exit 0" } : {};
  const containers = containerNames(object, ["spec"]).map((container) => ({
    name: container,
    ...script,
  }));
  return aPod(name, {
    annotations,
    containers,
    labels: { state: String(phase) },
    restartPolicy: phase === "Succeeded" ? "Never" : "Always",
    // Nowhere: it stays Pending.
    ...(phase === "Pending" && { nodeSelector: { nowhere: "true" } }),
  });
}

function toStatefulSet(object: Fixture): unknown {
  const { name, annotations } = object.metadata;
  const labels = { app: name, state: "Running" };
  const template = ["spec", "template"];
  const own = asRecord(fieldAt(object, [...template, "metadata", "annotations"]));
  const containers = containerNames(object, [...template, "spec"]);
  const pod = aPod("", { containers: containers.map((container) => ({ name: container })) });
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name, annotations },
    spec: {
      serviceName: name,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels, annotations: own }, spec: fieldAt(pod, ["spec"]) },
    },
  };
}

function containerNames(object: Fixture, path: readonly string[]): string[] {
  const containers = fieldAt(object, [...path, "containers"]);
  if (!Array.isArray(containers)) return [];
  return containers.map((container: unknown) => String(asRecord(container)["name"]));
}
