import type { FakeObject } from "../../test/support/fake-api-server/object-store.ts";

export const SNAPSHOT_API = "snapshot.storage.k8s.io/v1";
const DRIVER = "csi.demo.example.com";

/** One CSI driver: a class of volumes, and the class that its snapshots get where nobody names another. */
export const volumeClasses: readonly FakeObject[] = [
  {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: "fast" },
    provisioner: DRIVER,
    reclaimPolicy: "Delete",
  },
  {
    apiVersion: SNAPSHOT_API,
    kind: "VolumeSnapshotClass",
    metadata: {
      name: "fast-snapshots",
      annotations: { "snapshot.storage.kubernetes.io/is-default-class": "true" },
    },
    driver: DRIVER,
    deletionPolicy: "Delete",
  },
];

/** A claim of the shop and the volume of the driver that it is bound to. */
export function boundClaim(name: string): FakeObject[] {
  const volumeName = `pv-${name}`;
  const capacity = { storage: "1Gi" };
  const shared = { accessModes: ["ReadWriteOnce"], storageClassName: "fast" };
  return [
    {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name, namespace: "shop" },
      spec: { ...shared, resources: { requests: capacity }, volumeName },
      status: { phase: "Bound", capacity },
    },
    {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: volumeName },
      spec: {
        ...shared,
        capacity,
        persistentVolumeReclaimPolicy: "Delete",
        claimRef: { namespace: "shop", name },
        csi: { driver: DRIVER, volumeHandle: `volume-${name}` },
      },
      status: { phase: "Bound" },
    },
  ];
}
