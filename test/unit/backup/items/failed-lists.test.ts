import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BackupSpecFields } from "../../../../src/api/backup-schema.ts";
import { ArkError, type ErrorCode } from "../../../../src/lib/errors.ts";
import { aCluster, gistOf, hookAnnotations, takeBackup } from "../../../support/backup-builders.ts";
import { claim, configMap, namespace, object, pod, secret } from "../../../support/builders.ts";
import { UntouchedStore } from "../../../support/failing-store.ts";
import { RecordingCluster } from "../../../support/recording-cluster.ts";

const objects = [namespace("shop"), configMap("shop/c"), secret("shop/s"), pod("shop/p")];
const error = (code: ErrorCode) => new ArkError(code, `it is ${code}`);

async function failing(resource: string, code: ErrorCode, spec: BackupSpecFields = {}) {
  const cluster = aCluster({ objects });
  cluster.fail({ verb: "list", resource, error: error(code) });
  const taken = await takeBackup({ cluster, spec });
  const { phase, errors, warnings } = taken.report;
  return {
    phase,
    errors: errors.map(gistOf),
    warnings: warnings.map(gistOf),
    items: await taken.items(),
  };
}

describe("a list that fails", () => {
  it("is an error that names the kind; the others are stored", async () => {
    const { phase, errors, items } = await failing("configmaps", "Forbidden");
    assert.equal(phase, "PartiallyFailed");
    assert.deepEqual(errors, ["configmaps: it is Forbidden"]);
    assert.deepEqual(items, ["pods shop/p", "namespaces shop", "secrets shop/s"]);
  });

  it("of pods is an error, and says nothing of hooks, which may match pods that could not be read", async () => {
    const spec = { hooks: { resources: [{ name: "h", pre: [{ exec: { command: ["x"] } }] }] } };
    const { errors, items } = await failing("pods", "Forbidden", spec);
    assert.deepEqual(errors, ["pods: it is Forbidden"]);
    assert.equal(items.length, 3);
  });

  it("as NotFound is no error: the kind was deleted after discovery", async () => {
    const { phase, errors } = await failing("widgets.example.com", "NotFound");
    assert.deepEqual([phase, errors], ["Completed", []]);
  });

  it("of all kinds: Failed, nothing usable is stored", async () => {
    const cluster = aCluster({ objects });
    cluster.fail({ verb: "list", error: error("Forbidden") });
    const { report, store } = await takeBackup({ cluster });
    assert.equal(report.phase, "Failed");
    assert.deepEqual(await store.list(new AbortController().signal), ["nightly"]);
  });

  it("halfway keeps what came before", async () => {
    class Breaking extends RecordingCluster {
      override async *list(...call: Parameters<RecordingCluster["list"]>) {
        for await (const page of super.list(...call)) {
          yield page;
          if (call[0].kind === "ConfigMap") throw error("ServerError");
        }
      }
    }
    const cluster = new Breaking({
      objects: [configMap("shop/a"), configMap("shop/b")],
      pageSize: 1,
    });
    const taken = await takeBackup({ cluster });
    assert.deepEqual(await taken.items(), ["configmaps shop/a"]);
    assert.deepEqual(taken.report.errors.map(gistOf), ["configmaps: it is ServerError"]);
  });
});

describe("a server that is gone", () => {
  for (const code of ["ClusterUnreachable", "Timeout"] as const) {
    it(`is given up after 5 kinds in a row, and the kinds that were not tried are named (${code})`, async () => {
      const cluster = new RecordingCluster({ objects });
      cluster.fail({ verb: "list", error: error(code) });
      const { report } = await takeBackup({ cluster });
      assert.equal(cluster.reads.length, 1 + 5);
      assert.equal(report.errors.length, 1 + 5 + 1);
      const last = report.errors.at(-1);
      assert.equal(last?.code, "ClusterUnreachable");
      assert.match(
        last.message,
        /^given up after 5 kinds in a row could not be read; not tried: namespaces, nodes, .*volumesnapshots/,
      );
      assert.equal(report.phase, "Failed");
    });
  }

  it("is not given up while it answers in between, if only with a refusal", async () => {
    const cluster = new RecordingCluster({ objects });
    cluster.fail({ verb: "list", resource: "persistentvolumes", error: error("Forbidden") });
    cluster.fail({ verb: "list", error: error("ClusterUnreachable"), times: 6 });
    const { report } = await takeBackup({ cluster });
    const texts = report.errors.map(gistOf);
    assert.equal(texts.filter((text) => text.includes("Unreachable")).length, 6);
    assert.ok(!texts.some((text) => text.startsWith("given up")));
  });

  it("when namespaces are fetched by name: that counts as one kind, and ends the fetching", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `n${index}`);
    const cluster = new RecordingCluster({ objects: names.map((name) => namespace(name)) });
    const spec = { includedNamespaces: names, includedResources: ["namespaces"] };
    const { report } = await takeBackup({
      cluster,
      spec,
      observe: (event) => {
        if (event.kind === "resource-started") {
          cluster.fail({ verb: "get", error: error("ClusterUnreachable") });
        }
      },
    });
    assert.deepEqual(report.errors.map(gistOf), ["namespaces: it is ClusterUnreachable"]);
    assert.equal(cluster.reads.length, 20 + 1);
  });

  it("at discovery: nothing is begun", async () => {
    const cluster = aCluster({ objects });
    cluster.fail({ verb: "discover", error: error("ClusterUnreachable") });
    const store = new UntouchedStore();
    await assert.rejects(takeBackup({ cluster, store }), { code: "ClusterUnreachable" });
  });
});

it("a group that cannot be discovered is a warning", async () => {
  const discoveryFailures = [{ groupVersion: "metrics.k8s.io/v1beta1", message: "dead" }];
  const { report } = await takeBackup({ objects, discoveryFailures });
  assert.equal(report.phase, "Completed");
  assert.deepEqual(report.warnings.map(gistOf), [
    "API group metrics.k8s.io/v1beta1 did not answer, its objects are not in the backup: dead",
  ]);
});

it("remarks that were made on the request are warnings of the report", async () => {
  const { report } = await takeBackup({ objects, request: { warnings: ["spec.ttl: odd"] } });
  assert.deepEqual(report.warnings, [{ message: "spec.ttl: odd" }]);
});

it("a namespace object that may not be read is a warning in auto mode, an error with cluster resources", async () => {
  for (const [includeClusterResources, phase] of [
    [null, "Completed"],
    [false, "Completed"],
    [true, "PartiallyFailed"],
  ] as const) {
    const cluster = aCluster({ objects });
    cluster.fail({ verb: "get", resource: "namespaces", error: error("Forbidden") });
    const spec = { includedNamespaces: ["shop"], includeClusterResources };
    const { report } = await takeBackup({ cluster, spec });
    assert.equal(report.phase, phase);
    const findings = [...report.errors, ...report.warnings].map(gistOf);
    assert.deepEqual(findings, ["namespaces shop: it is Forbidden"]);
  }
});

it("a server without namespaces is no Kubernetes API server", async () => {
  await assert.rejects(takeBackup({ resources: [] }), { code: "ServerError" });
});

describe("additional items that cannot be had", () => {
  const db = [
    namespace("shop"),
    pod("shop/db", {
      claims: ["data", "more"],
      annotations: hookAnnotations({ pre: "f", post: "t" }),
    }),
    claim("shop/more"),
  ];

  it("one that is missing is an error of its own; its parent and the others are kept (Ark 0.8.1 lost all three)", async () => {
    const taken = await takeBackup({ objects: db });
    assert.equal(taken.report.phase, "PartiallyFailed");
    assert.deepEqual(taken.report.errors.map(gistOf), [
      'persistentvolumeclaims shop/data: persistentvolumeclaims "data" not found',
    ]);
    assert.deepEqual(taken.execs(), ["shop/db: f", "shop/db: t"]);
    assert.deepEqual(await taken.items(), [
      "pods shop/db",
      "persistentvolumeclaims shop/more",
      "namespaces shop",
    ]);
  });

  const bound = ["a", "b"].map((name) =>
    object("v1", "PersistentVolumeClaim", `shop/${name}`, { spec: { volumeName: `pv-${name}` } }),
  );
  for (const [includeClusterResources, errors, warnings] of [
    [null, 0, 1],
    [true, 3, 0],
    [false, 0, 0],
  ] as const) {
    it(`volumes that may not be read, with cluster resources ${includeClusterResources}: ${errors} errors, ${warnings} warnings`, async () => {
      const cluster = aCluster({ objects: [namespace("shop"), ...bound] });
      for (const verb of ["get", "list"] as const) {
        cluster.fail({ verb, resource: "persistentvolumes", error: error("Forbidden") });
      }
      const spec = {
        includeClusterResources,
        includedNamespaces: ["shop"],
        labelSelector: { matchExpressions: [{ key: "x", operator: "DoesNotExist" as const }] },
      };
      const { report } = await takeBackup({ cluster, spec });
      assert.deepEqual([report.errors.length, report.warnings.length], [errors, warnings]);
      const [warning] = report.warnings;
      if (warning) assert.match(gistOf(warning), /persistentvolumes that come along .*Forbidden/);
    });
  }
});
