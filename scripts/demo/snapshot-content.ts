import { fieldsAt, textIn } from "../../src/volumes/object-fields.ts";
import type { FakeObject } from "../../test/support/fake-api-server/object-store.ts";
import type { FakeApiServer } from "../../test/support/fake-api-server/server.ts";
import { SNAPSHOT_API } from "./volumes.ts";

export function claimOf(snapshot: FakeObject): string {
  return textIn(fieldsAt(snapshot, "spec", "source"), "persistentVolumeClaimName") ?? "";
}

export function deletesStorage(content: FakeObject): boolean {
  return textIn(fieldsAt(content, "spec"), "deletionPolicy") === "Delete";
}

/** What a VolumeSnapshot is bound to. @throws Error when claim, volume or class are not there */
export function newContent(snapshot: FakeObject, api: FakeApiServer): FakeObject {
  const { name, namespace, uid } = snapshot.metadata;
  const claim = api.get("v1", "PersistentVolumeClaim", claimOf(snapshot), namespace);
  const volumeName = textIn(fieldsAt(claim ?? {}, "spec"), "volumeName") ?? "";
  const { driver, volumeHandle } = fieldsAt(
    api.get("v1", "PersistentVolume", volumeName) ?? {},
    "spec",
    "csi",
  );
  const className = textIn(fieldsAt(snapshot, "spec"), "volumeSnapshotClassName") ?? "";
  const snapshotClass = api.get(SNAPSHOT_API, "VolumeSnapshotClass", className);
  if (driver === undefined || snapshotClass?.["driver"] !== driver) {
    throw new Error(`no driver takes the snapshot ${name} of class ${className}`);
  }
  return {
    apiVersion: SNAPSHOT_API,
    kind: "VolumeSnapshotContent",
    metadata: {
      name: `snapcontent-${uid}`,
      finalizers: ["snapshot.storage.kubernetes.io/volumesnapshotcontent-bound-protection"],
    },
    spec: {
      deletionPolicy: snapshotClass["deletionPolicy"],
      driver,
      source: { volumeHandle },
      volumeSnapshotClassName: className,
      volumeSnapshotRef: { apiVersion: SNAPSHOT_API, kind: "VolumeSnapshot", namespace, name, uid },
    },
    status: { readyToUse: false },
  };
}
