import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import type { KubernetesObject } from "../../../../src/cluster/cluster.ts";
import { helperClaim } from "../../../../src/volumes/copies/helper-claim.ts";
import { helperName } from "../../../../src/volumes/copies/helper-names.ts";
import { helperPod } from "../../../../src/volumes/copies/helper-pod.ts";
import {
  type HelperUser,
  isSecurityRefusal,
} from "../../../../src/volumes/copies/helper-security.ts";
import { fieldsAt, listIn } from "../../../../src/volumes/object-fields.ts";
import { aMark, aSnapshotPlan } from "../../../support/snapshot-builders.ts";

const plan = aSnapshotPlan("shop/data");

function claimOf(requested: string, restoreSizeBytes?: number, more = {}) {
  const owner = { apiVersion: "v1", kind: "Pod", name: "h", uid: "u" };
  const request = { name: "h", snapshotName: "snap", restoreSizeBytes, mark: aMark, owner };
  return helperClaim({ ...request, plan: { ...plan, requested, ...more } });
}

function sizeOf(requested: string, restoreSizeBytes?: number): unknown {
  return fieldsAt(claimOf(requested, restoreSizeBytes), "spec", "resources", "requests")["storage"];
}

function podOf(source?: KubernetesObject, user: HelperUser = "root"): KubernetesObject {
  const helper = { image: "tools:1", timeoutMs: 1 };
  return helperPod({ name: "h", namespace: "shop", claim: "h", mark: aMark, helper, source, user });
}

function sourcePod(spec: object): KubernetesObject {
  return { metadata: { namespace: "shop", name: "db-0" }, spec };
}

describe("helperClaim", () => {
  it("takes its content from the snapshot, and what it is from the source", () => {
    const claim = claimOf("1Gi", undefined, {
      accessModes: ["ReadWriteOncePod"],
      storageClass: "fast",
    });
    assert.deepEqual(claim["spec"], {
      accessModes: ["ReadWriteOncePod"],
      volumeMode: "Filesystem",
      storageClassName: "fast",
      resources: { requests: { storage: "1Gi" } },
      dataSource: { apiGroup: "snapshot.storage.k8s.io", kind: "VolumeSnapshot", name: "snap" },
    });
  });

  it("goes with its pod, and is marked as this run's", () => {
    const { metadata } = claimOf("1Gi");
    assert.equal(metadata.ownerReferences?.[0]?.uid, "u");
    assert.equal(metadata.labels?.["kubectl-ark/run"], aMark.runId);
    assert.equal(metadata.labels?.["velero.io/exclude-from-backup"], "true");
    assert.equal(metadata.labels?.["kubectl-ark/state"], "pending");
  });

  it("is as large as the larger of what was asked for and what the snapshot needs", () => {
    assert.equal(sizeOf("1Gi", 2 ** 31), String(2 ** 31));
    assert.equal(sizeOf("4Gi", 2 ** 31), "4Gi");
    assert.equal(sizeOf("1Gi"), "1Gi");
    assert.equal(sizeOf("nonsense", 5), "5");
  });

  it("leaves the class to the cluster where it is not known, and asks for one mode at least", () => {
    const spec = fieldsAt(claimOf("1Gi", 0, { storageClass: undefined, accessModes: [] }), "spec");
    assert.equal("storageClassName" in spec, false);
    assert.deepEqual(spec["accessModes"], ["ReadWriteOnce"]);
  });
});

describe("helperPod", () => {
  it("may do nothing but read: no token, no privileges, nothing writable", () => {
    const spec = fieldsAt(podOf(), "spec");
    const [container = {}] = listIn(spec, "containers");
    assert.equal(spec["automountServiceAccountToken"], false);
    assert.equal(spec["restartPolicy"], "Never");
    assert.equal(spec["activeDeadlineSeconds"], 86_400);
    assert.deepEqual(spec["securityContext"], {
      runAsUser: 0,
      runAsGroup: 0,
      seccompProfile: { type: "RuntimeDefault" },
    });
    assert.deepEqual(container["securityContext"], {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"], add: ["DAC_OVERRIDE"] },
    });
    assert.deepEqual(container["volumeMounts"], [
      { name: "data", mountPath: "/data", readOnly: true },
    ]);
  });

  it("leaves the pull policy to Kubernetes unless it is given", () => {
    assert.equal(
      "imagePullPolicy" in (listIn(fieldsAt(podOf(), "spec"), "containers")[0] ?? {}),
      false,
    );
  });

  it("goes where the source may be, its own node first", () => {
    const tolerations = [{ key: "db", operator: "Exists" }];
    const spec = fieldsAt(
      podOf(
        sourcePod({
          nodeName: "n1",
          nodeSelector: { disk: "ssd" },
          tolerations,
          imagePullSecrets: [{ name: "s" }],
        }),
      ),
      "spec",
    );
    assert.deepEqual(spec["tolerations"], tolerations);
    assert.deepEqual(spec["nodeSelector"], { disk: "ssd" });
    assert.deepEqual(spec["imagePullSecrets"], [{ name: "s" }]);
    assert.match(JSON.stringify(spec["affinity"]), /preferred.*"weight":100.*metadata\.name.*"n1"/);
  });

  it("runs as the source's user where root is refused, and fits Pod Security's restricted", () => {
    const securityContext = {
      runAsUser: 999,
      fsGroup: 2000,
      supplementalGroups: [5],
      seLinuxOptions: { level: "s0" },
    };
    const pod = podOf(
      sourcePod({
        securityContext,
        containers: [{ name: "a", securityContext: { runAsUser: 1000 } }],
      }),
      "source",
    );
    const [container = {}] = listIn(fieldsAt(pod, "spec"), "containers");
    assert.deepEqual(fieldsAt(pod, "spec")["securityContext"], {
      runAsNonRoot: true,
      runAsUser: 1000,
      fsGroup: 2000,
      fsGroupChangePolicy: "OnRootMismatch",
      supplementalGroups: [5],
      seLinuxOptions: { level: "s0" },
      seccompProfile: { type: "RuntimeDefault" },
    });
    assert.deepEqual(fieldsAt(container, "securityContext")["capabilities"], { drop: ["ALL"] });
  });

  it("runs as nobody where the source's user is not known, is root, or is nonsense", () => {
    for (const runAsUser of [undefined, 0, -1, "1000"]) {
      const pod = podOf(sourcePod({ securityContext: { runAsUser } }), "source");
      assert.equal(fieldsAt(pod, "spec", "securityContext")["runAsUser"], 65_534);
    }
  });
});

describe("helperName", () => {
  it("is a DNS label, another for each run, claim and attempt", () => {
    const name = fc.stringMatching(/^[a-z0-9]([-a-z0-9.]{0,250}[a-z0-9])?$/);
    fc.assert(
      fc.property(name, name, fc.nat(), (namespace, claim, attempt) => {
        const made = helperName({ namespace, claim }, aMark, attempt);
        assert.match(made, /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])$/);
        assert.notEqual(made, helperName({ namespace, claim }, aMark, attempt + 1));
        assert.notEqual(made, helperName({ namespace: `${namespace}x`, claim }, aMark, attempt));
        assert.notEqual(
          made,
          helperName({ namespace, claim }, { ...aMark, runId: "other" }, attempt),
        );
      }),
    );
  });
});

describe("isSecurityRefusal", () => {
  it("knows Pod Security and OpenShift, and neither quotas nor missing permissions", () => {
    const refused = [
      'pods "x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true',
      'pods "x" is forbidden: unable to validate against any security context constraint',
    ];
    const others = [
      'pods "x" is forbidden: exceeded quota: q, requested: pods=1',
      'pods is forbidden: User "u" cannot create resource "pods" in API group "" in the namespace "shop"',
    ];
    assert.deepEqual(refused.map(isSecurityRefusal), [true, true]);
    assert.deepEqual(others.map(isSecurityRefusal), [false, false]);
  });
});
