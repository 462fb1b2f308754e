import assert from "node:assert/strict";
import { test } from "node:test";
import { describePodVolumes } from "../../../src/volumes/pod-volumes.ts";
import { object, pod } from "../../support/builders.ts";

function podWith(volumes: unknown): ReturnType<typeof pod> {
  return object("v1", "Pod", "shop/db", { spec: { volumes } });
}

test("volumes with data that belong to no claim are named with the reason, in the pod's order", () => {
  const volumes = [
    { name: "scratch", emptyDir: {} },
    { name: "logs", hostPath: { path: "/var/log", type: "" } },
    { name: "share", nfs: { server: "nas", path: "/export" } },
    { name: "inline", csi: { driver: "secrets.example" } },
    { name: "lun", iscsi: { targetPortal: "10.0.0.1" } },
  ];
  assert.deepEqual(
    describePodVolumes(podWith(volumes)).map(({ name, type, reason }) => [name, type, reason]),
    [
      [
        "scratch",
        "emptyDir",
        "emptyDir is ephemeral: its content ends with the pod and is not backed up",
      ],
      ["logs", "hostPath", "hostPath /var/log is a directory of the node and is not backed up"],
      ["share", "nfs", "nfs nas:/export is mounted without a claim and is not backed up"],
      [
        "inline",
        "csi",
        "inline volume of driver secrets.example is ephemeral and is not backed up",
      ],
      ["lun", "iscsi", "iscsi is mounted without a claim and is not backed up"],
    ],
  );
});

test("claims, and what is filled from API objects, are left out", () => {
  const volumes = [
    { name: "a", persistentVolumeClaim: { claimName: "data" } },
    { name: "b", ephemeral: { volumeClaimTemplate: {} } },
    { name: "c", configMap: { name: "c" } },
    { name: "d", secret: { secretName: "d" } },
    { name: "e", projected: { sources: [] } },
    { name: "f", downwardAPI: { items: [] } },
    { name: "g", image: { reference: "r" } },
  ];
  assert.deepEqual(describePodVolumes(podWith(volumes)), []);
  assert.deepEqual(describePodVolumes(pod("shop/db", { claims: ["data"] })), []);
});

test("a pod of wrong types has no volumes to describe", () => {
  for (const volumes of [
    null,
    "x",
    { name: "a" },
    [null, 7, [], {}, { name: "a" }, { name: 5, emptyDir: "x" }],
  ]) {
    assert.deepEqual(describePodVolumes(podWith(volumes)), []);
  }
  assert.deepEqual(describePodVolumes(object("v1", "Pod", "shop/db")), []);
  assert.equal(describePodVolumes(podWith([{ hostPath: {} }]))[0]?.name, "");
});
