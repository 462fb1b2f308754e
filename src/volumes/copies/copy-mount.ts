import type { KubernetesObject } from "../../cluster/cluster.ts";
import { type Fields, fieldsAt, listIn, textIn } from "../object-fields.ts";

/** Where a running container has the whole of a claim's volume. */
export type ClaimMount = {
  readonly container: string;
  readonly path: string;
  /** Paths of other mounts below it. */
  readonly nestedMounts: readonly string[];
};

export type ClaimMounts =
  | { readonly kind: "found"; readonly mounts: readonly ClaimMount[] }
  | { readonly kind: "none"; readonly reason: string };

/** The containers of a pod that a copy can be made in, those first that have nothing else mounted below. */
export function findClaimMounts(pod: KubernetesObject, claim: string): ClaimMounts {
  const volume = volumeOf(pod, claim);
  if (volume === undefined) return none(`pod ${pod.metadata.name} does not have it as a volume`);
  const containers = containersOf(pod).filter(
    (container) => mountsOf(container, volume).length > 0,
  );
  if (containers.length === 0) return none(`no container of pod ${pod.metadata.name} mounts it`);
  const running = containers.filter((container) => isRunning(pod, container));
  if (running.length === 0) {
    return none(`${names(containers)} of pod ${pod.metadata.name} is not running`);
  }
  const mounts = running.flatMap((container) => wholeMount(container, volume));
  if (mounts.length === 0) {
    return none(`${names(running)} of pod ${pod.metadata.name} mounts only a part of it (subPath)`);
  }
  return {
    kind: "found",
    mounts: mounts.toSorted((a, b) => a.nestedMounts.length - b.nestedMounts.length),
  };
}

function names(containers: readonly Fields[]): string {
  return containers.map((container) => textIn(container, "name") ?? "").join(", ");
}

function none(reason: string): ClaimMounts {
  return { kind: "none", reason };
}

function volumeOf(pod: KubernetesObject, claim: string): string | undefined {
  const volume = listIn(fieldsAt(pod, "spec"), "volumes").find((candidate) => {
    // A generic ephemeral volume's claim is named by Kubernetes: POD-VOLUME.
    const ephemeral = `${pod.metadata.name}-${textIn(candidate, "name") ?? ""}`;
    if (typeof candidate["ephemeral"] === "object") return ephemeral === claim;
    return textIn(fieldsAt(candidate, "persistentVolumeClaim"), "claimName") === claim;
  });
  return volume && textIn(volume, "name");
}

function containersOf(pod: KubernetesObject): readonly Fields[] {
  const spec = fieldsAt(pod, "spec");
  const sidecars = listIn(spec, "initContainers").filter(
    (container) => textIn(container, "restartPolicy") === "Always",
  );
  return [...listIn(spec, "containers"), ...sidecars];
}

function isRunning(pod: KubernetesObject, container: Fields): boolean {
  const status = fieldsAt(pod, "status");
  return [...listIn(status, "containerStatuses"), ...listIn(status, "initContainerStatuses")].some(
    (entry) =>
      textIn(entry, "name") === textIn(container, "name") &&
      typeof fieldsAt(entry, "state")["running"] === "object",
  );
}

function mountsOf(container: Fields, volume: string): readonly Fields[] {
  return listIn(container, "volumeMounts").filter((mount) => textIn(mount, "name") === volume);
}

function wholeMount(container: Fields, volume: string): readonly ClaimMount[] {
  const mount = mountsOf(container, volume).find(
    (candidate) =>
      textIn(candidate, "subPath") === undefined && textIn(candidate, "subPathExpr") === undefined,
  );
  const path = mount && textIn(mount, "mountPath");
  if (path === undefined) return [];
  const nestedMounts = listIn(container, "volumeMounts")
    .map((other) => textIn(other, "mountPath") ?? "")
    .filter((other) => other !== path && other.startsWith(path.replace(/\/*$/, "/")));
  return [{ container: textIn(container, "name") ?? "", path, nestedMounts }];
}
