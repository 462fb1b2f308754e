import type { KubernetesObject } from "../cluster/cluster.ts";
import { type Fields, fieldsAt, listIn, textIn } from "./object-fields.ts";

/** A volume of a pod whose content is in no backup, because it belongs to no claim. */
export type PodVolume = {
  /** As the pod calls it. */
  readonly name: string;
  /** "hostPath", "nfs", "csi", "emptyDir", … */
  readonly type: string;
  /** For the user: "hostPath /var/lib/db on the node: not part of a backup". */
  readonly reason: string;
};

/** What Kubernetes fills from API objects, which a backup has, or from an image. */
const WITHOUT_DATA = new Set([
  "configMap",
  "secret",
  "projected",
  "downwardAPI",
  "image",
  "gitRepo",
]);
const CLAIMS = new Set(["persistentVolumeClaim", "ephemeral"]);

/**
 * The volumes of a pod that hold data and are no claims, in the pod's order. Claims (generic ephemeral ones included) and
 * what Kubernetes fills from API objects are left out.
 */
export function describePodVolumes(pod: KubernetesObject): readonly PodVolume[] {
  return listIn(fieldsAt(pod, "spec"), "volumes").flatMap(describe);
}

function describe(volume: Fields): readonly PodVolume[] {
  const type = Object.keys(volume).find((key) => key !== "name" && isSource(volume[key]));
  if (type === undefined || WITHOUT_DATA.has(type) || CLAIMS.has(type)) return [];
  const name = textIn(volume, "name") ?? "";
  return [{ name, type, reason: reasonOf(type, fieldsAt(volume, type)) }];
}

/** The API server leaves a source that says nothing empty: `emptyDir: {}`. */
function isSource(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function reasonOf(type: string, source: Fields): string {
  switch (type) {
    case "emptyDir":
      return "emptyDir is ephemeral: its content ends with the pod and is not backed up";
    case "hostPath":
      return `hostPath ${textIn(source, "path") ?? ""} is a directory of the node and is not backed up`;
    case "nfs": {
      const place = `${textIn(source, "server") ?? ""}:${textIn(source, "path") ?? ""}`;
      return `nfs ${place} is mounted without a claim and is not backed up`;
    }
    case "csi":
      return `inline volume of driver ${textIn(source, "driver") ?? "unknown"} is ephemeral and is not backed up`;
    default:
      return `${type} is mounted without a claim and is not backed up`;
  }
}
