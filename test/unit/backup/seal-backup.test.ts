import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, it } from "node:test";
import { gunzipSync } from "node:zlib";
import { aCluster, takeBackup } from "../../support/backup-builders.ts";
import { claim, namespace } from "../../support/builders.ts";
import { finishedBackup, objects } from "../../support/finished-backup.ts";
import { ArkError } from "../../../src/lib/errors.ts";

const never = new AbortController().signal;
describe("the files of a backup", () => {
  it("are Velero's, and one of our own", async () => {
    const { store } = await finishedBackup();
    assert.deepEqual(
      (await store.files("nightly", never)).map(({ name }) => name),
      [
        "kubectl-ark.json",
        "nightly-logs.gz",
        "nightly-resource-list.json.gz",
        "nightly-results.gz",
        "nightly-volumeinfo.json.gz",
        "nightly.tar.gz",
        "velero-backup.json",
      ],
    );
  });

  it("the record has the checksum and size of every other file, as they are stored", async () => {
    const taken = await finishedBackup();
    const { files } = await taken.record();
    const stored = await taken.store.files("nightly", never);
    const others = stored.filter(({ name }) => name !== "kubectl-ark.json");
    assert.deepEqual(
      Object.keys(files).toSorted(),
      others.map(({ name }) => name),
    );
    for (const { name, sizeBytes } of others) {
      const sha256 = createHash("sha256")
        .update(await taken.file(name))
        .digest("hex");
      assert.deepEqual(files[name], { sha256, sizeBytes });
    }
  });

  it("the archive starts with its format version, and has what each object was", async () => {
    const taken = await finishedBackup();
    const tar = gunzipSync(await taken.file("nightly.tar.gz"));
    assert.equal(tar.subarray(0, 16).toString(), "metadata/version");
    assert.equal(tar.subarray(512, 518).toString(), "1.1.0\n");
    const entries = await taken.entries();
    const path = "resources/deployments.apps/namespaces/shop/web.json";
    assert.deepEqual(entries.get(path), taken.cluster.find("deployments.apps", "web", "shop"));
    assert.equal(taken.report.uncompressedBytes, tar.length);
  });

  it("second copies under their version are no items of their own", async () => {
    const taken = await finishedBackup({ request: { apiVersions: true } });
    const tar = gunzipSync(await taken.file("nightly.tar.gz")).toString("latin1");
    for (const path of [
      "resources/pods/v1-preferredversion/namespaces/shop/db.json",
      "resources/deployments.apps/v1-preferredversion/namespaces/shop/web.json",
      "resources/persistentvolumes/v1-preferredversion/cluster/pv-1.json",
    ]) {
      assert.ok(tar.includes(path), path);
    }
    assert.equal(taken.report.itemCount, objects.length);
    assert.equal((await taken.items()).length, objects.length);
  });

  it("the resource list names every object by apiVersion and kind, sorted", async () => {
    assert.deepEqual(await (await finishedBackup()).json("nightly-resource-list.json.gz"), {
      "apps/v1/Deployment": ["shop/web"],
      "v1/ConfigMap": ["shop/c"],
      "v1/Namespace": ["shop"],
      "v1/PersistentVolume": ["pv-1"],
      "v1/PersistentVolumeClaim": ["shop/data"],
      "v1/Pod": ["shop/db"],
    });
  });

  it("the results have each message in its place: the backup's, the cluster's, a namespace's", async () => {
    const cluster = aCluster({ objects, exec: () => ({ kind: "exited", exitCode: 3 }) });
    const error = new ArkError("Forbidden", "no");
    cluster.fail({ verb: "list", resource: "secrets", error });
    cluster.fail({ verb: "get", resource: "persistentvolumes", error });
    const taken = await finishedBackup({ cluster, spec: { includeClusterResources: true } });
    const { errors, warnings } = await taken.json<Record<string, unknown>>("nightly-results.gz");
    assert.deepEqual(warnings, { velero: ["a remark"] });
    assert.deepEqual(errors, {
      velero: ["secrets: no"],
      namespaces: {
        shop: [
          "pods/db: pre hook <from-annotation> in container main failed: command terminated with exit code 3",
          "pods/db: the pod is not in the backup, nor is the data of its claim (shop/data), because a pre hook failed",
          "pods/db: post hook <from-annotation> in container main failed: command terminated with exit code 3",
        ],
      },
    });
  });

  it("a message about a cluster-scoped object is the cluster's", async () => {
    const cluster = aCluster({ objects: [namespace("shop"), claim("shop/data", "pv-1")] });
    const taken = await takeBackup({ cluster, spec: { includedNamespaces: ["shop"] } });
    assert.deepEqual(await taken.json("nightly-results.gz"), {
      errors: { cluster: ['persistentvolumes/pv-1: persistentvolumes "pv-1" not found'] },
      warnings: {},
    });
  });

  it("the log has the hooks' output, every finding, and ends as Ark's", async () => {
    const lines = await (await finishedBackup()).log();
    const find = (text: string): string => lines.find((line) => line.includes(text)) ?? "";
    assert.match(find("stdout: freeze"), /hookPhase=pre/);
    assert.match(find("stdout: bad"), /hookPhase=post/);
    assert.match(find("a remark"), /level=warning/);
    assert.match(
      find("post hook <from-annotation>"),
      /level=error .*groupResource=pods name=db namespace=shop/,
    );
    assert.match(find("Backed up resource"), /groupResource=configmaps items=1/);
    assert.match(
      lines.at(-2) ?? "",
      /level=info msg="Backup completed with errors" backup=nightly errors=1/,
    );
    assert.ok(lines.slice(0, -1).every((line) => line.includes("backup=nightly")));
  });
});

describe("kubectl-ark.json", () => {
  it("has who, where, when, what and every hook with its output", async () => {
    const {
      hooks,
      blocks,
      files: _files,
      items,
      errors,
      warnings,
      ...rest
    } = await (await finishedBackup()).record();
    assert.deepEqual(rest, {
      apiVersion: "kubectl-ark/v1",
      kind: "BackupRecord",
      backup: "nightly",
      tool: { name: "kubectl-ark", version: "0.0.0-test" },
      cluster: { context: "test", server: "https://memory.test", user: "tester" },
      phase: "PartiallyFailed",
      startTimestamp: "2026-11-24T05:30:56.789Z",
      completionTimestamp: "2026-11-24T05:30:58.289Z",
      podVolumes: [],
    });
    assert.deepEqual([items.total, items.byResource["pods"]], [6, 1]);
    assert.deepEqual([errors.length, warnings.length], [1, 1]);
    assert.deepEqual(blocks, [
      {
        pods: ["shop/db"],
        claims: ["shop/data"],
        failedPods: [],
        guards: [],
        startTimestamp: "2026-11-24T05:30:56.789Z",
        durationSeconds: 1.5,
        quiescedSeconds: 1.5,
        freezeTimestamp: "2026-11-24T05:30:56.789Z",
        quiescedTimestamp: "2026-11-24T05:30:58.289Z",
        thawTimestamp: "2026-11-24T05:30:58.289Z",
        volumes: [],
      },
    ]);
    const [pre, post] = hooks;
    assert.deepEqual(pre, {
      namespace: "shop",
      pod: "db",
      container: "main",
      name: "<from-annotation>",
      source: "annotation",
      phase: "pre",
      command: ["freeze"],
      onError: "Fail",
      timeoutSeconds: 30,
      status: "succeeded",
      exitCode: 0,
      started: true,
      startTimestamp: "2026-11-24T05:30:56.789Z",
      durationSeconds: 1.5,
      stdout: { text: "freezeing\n", totalBytes: 10, omittedBytes: 0 },
      stderr: { text: "", totalBytes: 0, omittedBytes: 0 },
    });
    assert.deepEqual([post?.status, post?.reason, post?.exitCode], ["failed", "ExitCode", 3]);
  });
});
