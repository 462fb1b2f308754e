import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { KubernetesObject } from "../../src/cluster/cluster.ts";
import { parseRawObject } from "../../src/cluster/raw-object.ts";
import { configMap, namespace, object, secret } from "./builders.ts";
import type { MakeCluster } from "./cluster-suite.ts";
import {
  aborted,
  code,
  forbids,
  itemsOf,
  namesListed,
  never,
  resourceNamed,
} from "./cluster-suite-tools.ts";
import { defaultResources, resourceType } from "./fake-api-server/resource-types.ts";

const metrics = resourceType("metrics.k8s.io/v1beta1", "PodMetrics", "pods");

export function describeDiscovery(makeCluster: MakeCluster): void {
  describe("discovery", () => {
    it("gives each resource once, the core group first, at its group's preferred version", async () => {
      await using made = await makeCluster();
      const { resources, failures } = await made.cluster.discover(never);
      assert.deepEqual(failures, []);
      assert.equal(resources[0]?.group, "");
      const keys = resources.map(({ group, resource }) => `${group}/${resource}`);
      assert.equal(new Set(keys).size, keys.length);
      assert.ok(!keys.some((key) => key.includes("exec")));
      const autoscaler = await resourceNamed(made.cluster, "horizontalpodautoscalers.autoscaling");
      assert.equal(autoscaler.version, "v2");
      assert.equal(autoscaler.namespaced, true);
      assert.ok(autoscaler.verbs.includes("list"));
      assert.deepEqual((await resourceNamed(made.cluster, "pods")).shortNames, ["po"]);
      assert.equal((await resourceNamed(made.cluster, "namespaces")).namespaced, false);
    });

    it("reports a broken group and gives the others", async () => {
      const resources = [...defaultResources, metrics];
      await using made = await makeCluster({ resources, brokenGroups: ["metrics.k8s.io/v1beta1"] });
      const found = await made.cluster.discover(never);
      assert.deepEqual(
        found.failures.map(({ groupVersion }) => groupVersion),
        ["metrics.k8s.io/v1beta1"],
      );
      assert.ok(found.resources.some(({ resource }) => resource === "deployments"));
      assert.ok(!found.resources.some(({ group }) => group === "metrics.k8s.io"));
    });

    it("gives the server's version", async () => {
      await using made = await makeCluster();
      assert.match(await made.cluster.serverVersion(never), /^v\d+\.\d+/);
    });

    it("is cancelled by its signal", async () => {
      await using made = await makeCluster();
      await assert.rejects(made.cluster.discover(aborted()), code("Cancelled"));
      await assert.rejects(made.cluster.serverVersion(aborted()), code("Cancelled"));
    });
  });
}

function labelled(name: string, labels: Readonly<Record<string, string>>): KubernetesObject {
  return configMap(`shop/${name}`, { metadata: { labels } });
}

export function describeLists(makeCluster: MakeCluster): void {
  describe("list and get", () => {
    it("gives each object of several pages once", async () => {
      const names = Array.from({ length: 1201 }, (_, index) => `shop/cm-${index}`);
      await using made = await makeCluster({ objects: names.map((name) => configMap(name)) });
      assert.deepEqual(await namesListed(made.cluster, "configmaps"), names.toSorted());
    });

    it("narrows to a namespace", async () => {
      const objects = [configMap("a/one"), configMap("b/two"), configMap("a/three")];
      await using made = await makeCluster({ objects });
      const options = { namespace: "a" };
      assert.deepEqual(await namesListed(made.cluster, "configmaps", options), [
        "a/one",
        "a/three",
      ]);
      assert.deepEqual(await namesListed(made.cluster, "configmaps", { namespace: "none" }), []);
    });

    it("narrows by label selector", async () => {
      const objects = [
        labelled("db", { app: "db", tier: "back" }),
        labelled("web", { app: "web" }),
        labelled("old", { app: "db", old: "" }),
        configMap("shop/bare"),
      ];
      await using made = await makeCluster({ objects });
      const listed = (labelSelector: string): Promise<string[]> =>
        namesListed(made.cluster, "configmaps", { labelSelector });
      assert.deepEqual(await listed("app=db"), ["shop/db", "shop/old"]);
      assert.deepEqual(await listed("app in (db,web),!old"), ["shop/db", "shop/web"]);
      assert.deepEqual(await listed("app!=db"), ["shop/bare", "shop/web"]);
      assert.deepEqual(await listed("app=none"), []);
    });

    it("gives cluster-scoped objects without a namespace", async () => {
      await using made = await makeCluster({ objects: [namespace("shop")] });
      assert.deepEqual(await namesListed(made.cluster, "namespaces"), ["/shop"]);
    });

    it("gives whole objects that say what they are", async () => {
      const data = { key: "1.0 \u2028 \u{1F512} } {" };
      await using made = await makeCluster({ objects: [configMap("shop/a", { data })] });
      const configMaps = await resourceNamed(made.cluster, "configmaps");
      const [listed] = await itemsOf(made.cluster.list(configMaps, {}, never));
      const got = await made.cluster.get(configMaps, { namespace: "shop", name: "a" }, never);
      for (const raw of [listed, got]) {
        assert.ok(raw !== undefined);
        assert.equal(raw.kind, "ConfigMap");
        const parsed = parseRawObject(raw);
        assert.equal(parsed.apiVersion, "v1");
        assert.equal(parsed.kind, "ConfigMap");
        assert.deepEqual(parsed["data"], data);
        assert.equal(parsed.metadata.uid, raw.metadata.uid);
      }
    });

    it("keeps apiVersion and kind of custom resources", async () => {
      const snapshot = object("snapshot.storage.k8s.io/v1", "VolumeSnapshot", "shop/s");
      await using made = await makeCluster({ objects: [snapshot] });
      const resource = await resourceNamed(made.cluster, "volumesnapshots.snapshot.storage.k8s.io");
      const [listed] = await itemsOf(made.cluster.list(resource, {}, never));
      assert.equal(listed?.apiVersion, "snapshot.storage.k8s.io/v1");
      assert.equal(listed.kind, "VolumeSnapshot");
    });

    it("says NotFound for an object, and for a resource that is not served", async () => {
      await using made = await makeCluster({ objects: [namespace("shop")] });
      const { cluster } = made;
      const target = { namespace: "shop", name: "none" };
      const configMaps = await resourceNamed(cluster, "configmaps");
      const gone = resourceType("gone.example/v1", "Gone", "gones");
      await assert.rejects(cluster.get(configMaps, target, never), code("NotFound"));
      await assert.rejects(cluster.get(gone, target, never), code("NotFound"));
      await assert.rejects(itemsOf(cluster.list(gone, {}, never)), code("NotFound"));
    });

    it("says Forbidden, naming the verb and the resource", async () => {
      const objects = [secret("shop/a")];
      await using made = await makeCluster({ objects, forbidden: ["list secrets", "get secrets"] });
      const secrets = await resourceNamed(made.cluster, "secrets");
      const target = { namespace: "shop", name: "a" };
      await assert.rejects(itemsOf(made.cluster.list(secrets, {}, never)), forbids("secrets"));
      await assert.rejects(made.cluster.get(secrets, target, never), forbids("secrets"));
    });

    it("is cancelled by its signal, also between pages", async () => {
      const objects = Array.from({ length: 1001 }, (_, index) => configMap(`shop/cm-${index}`));
      await using made = await makeCluster({ objects });
      const configMaps = await resourceNamed(made.cluster, "configmaps");
      await assert.rejects(
        itemsOf(made.cluster.list(configMaps, {}, aborted())),
        code("Cancelled"),
      );
      const abort = new AbortController();
      const pages = made.cluster.list(configMaps, {}, abort.signal)[Symbol.asyncIterator]();
      await pages.next();
      abort.abort();
      await assert.rejects(async () => {
        while (!(await pages.next()).done);
      }, code("Cancelled"));
    });

    it("can be ended early and begun anew", async () => {
      const objects = Array.from({ length: 1001 }, (_, index) => configMap(`shop/cm-${index}`));
      await using made = await makeCluster({ objects });
      const configMaps = await resourceNamed(made.cluster, "configmaps");
      for await (const page of made.cluster.list(configMaps, {}, never)) {
        assert.ok(page.items.length > 0);
        break;
      }
      assert.equal((await itemsOf(made.cluster.list(configMaps, {}, never))).length, 1001);
    });
  });
}
