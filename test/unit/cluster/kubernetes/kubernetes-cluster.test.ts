import assert from "node:assert/strict";
import test from "node:test";
import type { Cluster } from "../../../../src/cluster/cluster.ts";
import type { Connection } from "../../../../src/cluster/kubernetes/connection.ts";
import { createKubernetesCluster } from "../../../../src/cluster/kubernetes/kubernetes-cluster.ts";
import type { SendRequest } from "../../../../src/cluster/kubernetes/requests.ts";
import { systemClock } from "../../../../src/lib/system-clock.ts";
import { configMap } from "../../../support/builders.ts";
import { code, itemsOf, namesListed, never } from "../../../support/cluster-suite-tools.ts";
import { internalError } from "../../../support/fake-api-server/faults.ts";
import { resourceType } from "../../../support/fake-api-server/resource-types.ts";
import { makeServedCluster } from "../../../support/make-served-cluster.ts";
import {
  jsonAnswer,
  scriptedSend,
  statusAnswer,
  textAnswer,
} from "../../../support/scripted-send.ts";

const configMaps = resourceType("v1", "ConfigMap", "configmaps");
const target = { namespace: "shop", name: "a" };

function clusterOver(send: SendRequest, disableCompression = false): Cluster {
  const connection: Connection = {
    identity: { context: "c", cluster: "c", server: "https://c", user: "u", namespace: "default" },
    send,
    openTarget: () => Promise.reject(new Error("not asked for")),
    renewCredentials: () => {},
    close: () => {},
  };
  const retry = { maxAttempts: 1, budgetMs: 0, baseDelayMs: 0, maxDelayMs: 0 };
  return createKubernetesCluster(connection, { clock: systemClock, disableCompression, retry });
}

test("a list whose history the server compacts half way still gives each object once", async () => {
  const names = Array.from({ length: 1700 }, (_, index) => `shop/cm-${index}`);
  await using made = await makeServedCluster({ objects: names.map((name) => configMap(name)) });
  const { cluster, server } = made;
  const given: string[] = [];
  for await (const { items } of cluster.list(configMaps, {}, never)) {
    if (given.length === 0) server.compact();
    given.push(...items.map(({ metadata }) => `shop/${metadata.name}`));
  }
  assert.deepEqual(given.toSorted(), names.toSorted());
});

test("a list that expires again and again goes on with a warning", async () => {
  const names = Array.from({ length: 1100 }, (_, index) => `shop/cm-${index}`);
  await using made = await makeServedCluster({ objects: names.map((name) => configMap(name)) });
  made.server.fault({
    match: ({ query }) => query.has("continue"),
    times: 3,
    fault: { kind: "expired" },
  });
  const given: string[] = [];
  const warnings: (string | undefined)[] = [];
  for await (const { items, warning } of made.cluster.list(configMaps, {}, never)) {
    given.push(...items.map(({ metadata }) => `shop/${metadata.name}`));
    warnings.push(warning);
  }
  assert.deepEqual(given.toSorted(), names.toSorted());
  assert.equal(warnings.filter((warning) => warning !== undefined).length, 1);
});

function isList({ path }: { readonly path: string }): boolean {
  return path.endsWith("/configmaps");
}

test("a page that the network cuts short is fetched again", async () => {
  await using made = await makeServedCluster({ objects: [configMap("shop/a")] });
  made.server.fault({ match: isList, fault: { kind: "truncateBody" } });
  made.server.fault({ match: isList, fault: { kind: "resetAfterHeaders" } });
  made.server.fault({ match: isList, fault: internalError() });
  assert.deepEqual(await namesListed(made.cluster, "configmaps"), ["shop/a"]);
});

test("writes carry the field manager, and a dry run says so", async () => {
  await using made = await makeServedCluster({ objects: [configMap("shop/a")] });
  const patch = { data: { x: "y" } };
  const options = { dryRun: "server" } as const;
  const request = { resource: configMaps, target, type: "strategic", patch, options } as const;
  await made.cluster.patch(request, never);
  const sent = made.server.requests.find(({ method }) => method === "PATCH");
  assert.equal(sent?.query.get("fieldManager"), "kubectl-ark");
  assert.equal(sent?.query.get("dryRun"), "All");
  assert.equal(sent?.headers["content-type"], "application/strategic-merge-patch+json");
});

test("a deletion that the server refuses is an error, one of nothing is not", async () => {
  const refused = clusterOver(scriptedSend(() => statusAnswer(409, "Conflict")));
  await assert.rejects(refused.delete(configMaps, target, never), code("Conflict"));
  const accepted = clusterOver(scriptedSend(() => jsonAnswer({ kind: "Status" }, 202)));
  await accepted.delete(configMaps, target, never);
  const gone = clusterOver(scriptedSend(() => statusAnswer(404, "NotFound")));
  await gone.delete(configMaps, target, never);
});

for (const [what, answer] of [
  ["text", textAnswer("<html>")],
  ["nothing", textAnswer("")],
  ["a Status of success", jsonAnswer({ kind: "Status", apiVersion: "v1", status: "Success" })],
  ["a list", jsonAnswer([])],
] as const) {
  test(`${what} instead of an object is a ServerError`, async () => {
    const cluster = clusterOver(scriptedSend(() => answer));
    await assert.rejects(cluster.get(configMaps, target, never), code("ServerError"));
    await assert.rejects(
      cluster.create(configMaps, configMap("shop/a"), {}, never),
      code("ServerError"),
    );
    await assert.rejects(cluster.serverVersion(never), code("ServerError"));
  });
}

for (const [disabled, expected] of [
  [false, [false, false, true, true, true]],
  [true, [false, false, false, false, false]],
] as const) {
  test(`over a slow link lists turn to gzip${disabled ? ", unless compression is disabled" : ""}`, async () => {
    const transfer = { wireBytes: 1024 * 1024, bodyMs: 1000 };
    const send = scriptedSend((_request, index) => {
      const metadata = index < 4 ? { continue: "more" } : {};
      return jsonAnswer({ kind: "ConfigMapList", metadata, items: [] }, 200, transfer);
    });
    await itemsOf(clusterOver(send, disabled).list(configMaps, {}, never));
    assert.deepEqual(
      send.sent.map(({ request }) => request.gzip),
      expected,
    );
  });
}

test("nothing is sent for a name that would leave its place in the path", async () => {
  const send = scriptedSend(() => statusAnswer(404, "NotFound"));
  const cluster = clusterOver(send);
  const hostile = { namespace: "shop", name: "../secrets/x" };
  await assert.rejects(cluster.get(configMaps, hostile, never), code("RequestRejected"));
  await assert.rejects(cluster.delete(configMaps, hostile, never), code("RequestRejected"));
  assert.equal(send.sent.length, 0);
});
