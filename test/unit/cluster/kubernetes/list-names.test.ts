import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { ApiResource } from "../../../../src/cluster/cluster.ts";
import { listNames } from "../../../../src/cluster/kubernetes/list-names.ts";
import { hasCode } from "../../../../src/lib/errors.ts";
import { jsonAnswer, queryOf, scriptedSend, statusAnswer } from "../../../support/scripted-send.ts";

const pods: ApiResource = {
  group: "",
  version: "v1",
  resource: "pods",
  kind: "Pod",
  singular: "pod",
  shortNames: [],
  categories: [],
  namespaced: true,
  verbs: [],
};
const query = { resource: pods, namespace: "shop" };
const { signal } = new AbortController();

function table(names: readonly unknown[], token = "") {
  return {
    kind: "Table",
    metadata: { continue: token },
    columnDefinitions: [{ name: "Name" }, { name: "Ready" }],
    rows: names.map((name) => ({ cells: [name, "1/1"] })),
  };
}

suite("listing names", () => {
  test("a table without its objects is asked for", async () => {
    const send = scriptedSend(() => jsonAnswer(table(["a", "b"])));
    assert.deepEqual(await listNames(send, query, signal), ["a", "b"]);
    const [sent] = send.sent;
    assert.equal(sent?.request.path, "/api/v1/namespaces/shop/pods");
    assert.match(sent?.request.headers?.["accept"] ?? "", /^application\/json;as=Table;v=v1;/);
    assert.equal(queryOf(sent.request, "includeObject"), "None");
    assert.equal(send.sent.length, 1);
  });

  test("a server that makes no tables may send the objects", async () => {
    const items = [{ metadata: { name: "a" } }, { metadata: {} }, "no object"];
    const send = scriptedSend(() => jsonAnswer({ kind: "PodList", items }));
    assert.deepEqual(await listNames(send, query, signal), ["a"]);
  });

  test("pages are followed, but not without end", async () => {
    const send = scriptedSend((_request, index) => jsonAnswer(table([`p${index}`], `t${index}`)));
    assert.deepEqual(await listNames(send, query, signal), ["p0", "p1", "p2", "p3"]);
    const tokens = send.sent.map(({ request }) => queryOf(request, "continue"));
    assert.deepEqual(tokens, [undefined, "t0", "t1", "t2"]);
  });

  test("a refusal is an error, and asked once", async () => {
    const send = scriptedSend(() => statusAnswer(403, "Forbidden"));
    await assert.rejects(listNames(send, query, signal), (error) => hasCode(error, "Forbidden"));
    assert.equal(send.sent.length, 1);
  });
});
