import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseRawObject } from "../../src/cluster/raw-object.ts";
import { configMap, namespace } from "./builders.ts";
import type { MakeCluster } from "./cluster-suite.ts";
import {
  aborted,
  code,
  forbids,
  namesListed,
  never,
  resourceNamed,
} from "./cluster-suite-tools.ts";

const target = { namespace: "shop", name: "a" };

export function describeWrites(makeCluster: MakeCluster): void {
  describe("create, patch and delete", () => {
    it("creates an object and answers with it as stored", async () => {
      await using made = await makeCluster({ objects: [namespace("shop")] });
      const configMaps = await resourceNamed(made.cluster, "configmaps");
      const created = await made.cluster.create(configMaps, configMap("shop/a"), {}, never);
      assert.equal(created.metadata.name, "a");
      assert.notEqual(created.metadata.uid ?? "", "");
      const stored = await made.cluster.get(configMaps, target, never);
      assert.deepEqual(parseRawObject(stored)["data"], { key: "value" });
    });

    it("says AlreadyExists for a name that is taken, and keeps what was there", async () => {
      const objects = [configMap("shop/a", { data: { key: "first" } })];
      await using made = await makeCluster({ objects });
      const configMaps = await resourceNamed(made.cluster, "configmaps");
      await assert.rejects(
        made.cluster.create(configMaps, configMap("shop/a"), {}, never),
        code("AlreadyExists"),
      );
      const stored = await made.cluster.get(configMaps, target, never);
      assert.deepEqual(parseRawObject(stored)["data"], { key: "first" });
    });

    it("says Forbidden, naming the verb and the resource", async () => {
      const objects = [configMap("shop/a")];
      const forbidden = ["create configmaps", "patch configmaps", "delete configmaps"];
      await using made = await makeCluster({ objects, forbidden });
      const { cluster } = made;
      const resource = await resourceNamed(cluster, "configmaps");
      const isForbidden = forbids("configmaps");
      await assert.rejects(cluster.create(resource, configMap("shop/b"), {}, never), isForbidden);
      const patch = { resource, target, type: "merge", patch: {} } as const;
      await assert.rejects(cluster.patch(patch, never), isForbidden);
      await assert.rejects(cluster.delete(resource, target, never), isForbidden);
    });

    it("stores nothing in a dry run on the server", async () => {
      await using made = await makeCluster({ objects: [configMap("shop/a")] });
      const { cluster } = made;
      const resource = await resourceNamed(cluster, "configmaps");
      const options = { dryRun: "server" } as const;
      const created = await cluster.create(resource, configMap("shop/b"), options, never);
      assert.equal(created.metadata.name, "b");
      const patch = { data: { key: "patched" } };
      const request = { resource, target, type: "merge", patch, options } as const;
      const patched = await cluster.patch(request, never);
      assert.deepEqual(parseRawObject(patched)["data"], { key: "patched" });
      assert.deepEqual(await namesListed(cluster, "configmaps"), ["shop/a"]);
      const stored = await cluster.get(resource, target, never);
      assert.deepEqual(parseRawObject(stored)["data"], { key: "value" });
    });

    it("says AlreadyExists in a dry run too", async () => {
      await using made = await makeCluster({ objects: [configMap("shop/a")] });
      const configMaps = await resourceNamed(made.cluster, "configmaps");
      await assert.rejects(
        made.cluster.create(configMaps, configMap("shop/a"), { dryRun: "server" }, never),
        code("AlreadyExists"),
      );
    });

    it("merges a patch and takes out what is null", async () => {
      const objects = [configMap("shop/a", { data: { keep: "1", drop: "2" } })];
      await using made = await makeCluster({ objects });
      const resource = await resourceNamed(made.cluster, "configmaps");
      const patch = { metadata: { annotations: { note: "x" } }, data: { drop: null, add: "3" } };
      const patched = await made.cluster.patch({ resource, target, type: "merge", patch }, never);
      assert.deepEqual(parseRawObject(patched)["data"], { keep: "1", add: "3" });
      assert.deepEqual(patched.metadata.annotations, { note: "x" });
      const stored = await made.cluster.get(resource, target, never);
      assert.deepEqual(parseRawObject(stored)["data"], { keep: "1", add: "3" });
    });

    it("applies a list of JSON patch operations", async () => {
      await using made = await makeCluster({ objects: [configMap("shop/a")] });
      const resource = await resourceNamed(made.cluster, "configmaps");
      const patch = [{ op: "replace", path: "/data/key", value: "new" }];
      const patched = await made.cluster.patch({ resource, target, type: "json", patch }, never);
      assert.deepEqual(parseRawObject(patched)["data"], { key: "new" });
    });

    it("says NotFound for a patch of nothing", async () => {
      await using made = await makeCluster({ objects: [namespace("shop")] });
      const resource = await resourceNamed(made.cluster, "configmaps");
      await assert.rejects(
        made.cluster.patch({ resource, target, type: "merge", patch: {} }, never),
        code("NotFound"),
      );
    });

    it("deletes an object, and a second time without complaint", async () => {
      await using made = await makeCluster({ objects: [configMap("shop/a")] });
      const configMaps = await resourceNamed(made.cluster, "configmaps");
      await made.cluster.delete(configMaps, target, never);
      assert.deepEqual(await namesListed(made.cluster, "configmaps"), []);
      await made.cluster.delete(configMaps, target, never);
    });

    it("writes nothing once its signal is aborted", async () => {
      await using made = await makeCluster({ objects: [configMap("shop/a")] });
      const { cluster } = made;
      const resource = await resourceNamed(cluster, "configmaps");
      const cancelled = code("Cancelled");
      await assert.rejects(cluster.create(resource, configMap("shop/b"), {}, aborted()), cancelled);
      await assert.rejects(cluster.delete(resource, target, aborted()), cancelled);
      assert.deepEqual(await namesListed(cluster, "configmaps"), ["shop/a"]);
    });
  });
}
