import assert from "node:assert/strict";
import test from "node:test";
import type { ListPage } from "../../../../src/cluster/cluster.ts";
import { listPages } from "../../../../src/cluster/kubernetes/list-pages.ts";
import type { ApiRequest, ApiResponse } from "../../../../src/cluster/kubernetes/requests.ts";
import { hasCode } from "../../../../src/lib/errors.ts";
import { resourceType } from "../../../support/fake-api-server/resource-types.ts";
import {
  jsonAnswer,
  queryOf,
  type ScriptedSend,
  scriptedSend,
  statusAnswer,
  textAnswer,
} from "../../../support/scripted-send.ts";

const pods = resourceType("v1", "Pod", "pods");
const never = new AbortController().signal;

function page(names: readonly string[], next = ""): ApiResponse {
  const items = names.map((name) => ({ metadata: { name, namespace: "shop" } }));
  return jsonAnswer({ kind: "PodList", apiVersion: "v1", metadata: { continue: next }, items });
}

/** Three pages of two, found by their token. */
function threePages(request: ApiRequest): ApiResponse {
  const pages: Readonly<Record<string, ApiResponse>> = {
    "": page(["a", "b"], "second"),
    second: page(["c", "d"], "third"),
    third: page(["e"]),
  };
  return pages[queryOf(request, "continue") ?? ""] ?? statusAnswer(400, "BadRequest");
}

function list(send: ScriptedSend, signal = never): AsyncGenerator<ListPage, void, undefined> {
  const transport = { send, wantsGzip: () => false, observe: () => undefined };
  return listPages(transport, { resource: pods, options: {} }, signal);
}

async function namesAndWarnings(
  pages: AsyncIterable<ListPage>,
): Promise<{ names: string[]; warnings: string[] }> {
  const names: string[] = [];
  const warnings: string[] = [];
  for await (const { items, warning } of pages) {
    names.push(...items.map(({ metadata }) => metadata.name));
    if (warning !== undefined) warnings.push(warning);
  }
  return { names, warnings };
}

function tokens(send: ScriptedSend): string[] {
  return send.sent.map(({ request }) => queryOf(request, "continue") ?? "");
}

test("all pages are given in order, each asked for with the token of the one before", async () => {
  const send = scriptedSend(threePages);
  assert.deepEqual(await namesAndWarnings(list(send)), {
    names: ["a", "b", "c", "d", "e"],
    warnings: [],
  });
  assert.deepEqual(tokens(send), ["", "second", "third"]);
});

test("namespace, selector, page size and gzip are part of each request", async () => {
  const send = scriptedSend(() => page(["a"]));
  const transport = { send, wantsGzip: () => true, observe: () => undefined };
  const options = { namespace: "a:b", labelSelector: "app in (x,y)" };
  await namesAndWarnings(listPages(transport, { resource: pods, options }, never));
  const request = send.sent[0]?.request;
  assert.equal(request?.path, "/api/v1/namespaces/a%3Ab/pods");
  assert.deepEqual(request?.query, [
    ["limit", "500"],
    ["labelSelector", "app in (x,y)"],
  ]);
  assert.equal(request?.gzip, true);
  assert.equal(request?.purpose, "list pods in namespace a:b");
});

test("an empty list gives no page", async () => {
  const send = scriptedSend(() => page([]));
  assert.deepEqual(await namesAndWarnings(list(send)), { names: [], warnings: [] });
});

test("the next page is asked for while one is worked on, and never the one after it", async () => {
  const send = scriptedSend(threePages);
  const pages = list(send);
  await pages.next();
  assert.deepEqual(tokens(send), ["", "second"]);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(tokens(send), ["", "second"]);
  await pages.next();
  assert.deepEqual(tokens(send), ["", "second", "third"]);
});

test("nothing is asked for before the first page is wanted", () => {
  const send = scriptedSend(threePages);
  list(send);
  assert.equal(send.sent.length, 0);
});

test("ending early aborts the request under way", async () => {
  const send = scriptedSend((request, index) => {
    return index === 0 ? threePages(request) : new Promise(() => undefined);
  });
  for await (const { items } of list(send)) {
    assert.equal(items.length, 2);
    break;
  }
  assert.equal(send.sent.length, 2);
  assert.equal(send.sent[1]?.signal.aborted, true);
});

test("a page that fails after an early end is not an unhandled rejection", async (t) => {
  const rejections: unknown[] = [];
  const note = (reason: unknown): unknown => rejections.push(reason);
  process.on("unhandledRejection", note);
  t.after(() => process.off("unhandledRejection", note));
  const failing = Promise.withResolvers<ApiResponse>();
  const send = scriptedSend((request, index) =>
    index === 0 ? threePages(request) : failing.promise,
  );
  const pages = list(send);
  await pages.next();
  failing.reject(new Error("late"));
  await new Promise((resolve) => setImmediate(resolve));
  await pages.return();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(rejections, []);
});

test("a page that fails is thrown after the pages before it", async () => {
  const send = scriptedSend((request, index) =>
    index === 1 ? statusAnswer(403, "Forbidden") : threePages(request),
  );
  const pages = list(send);
  const first = await pages.next();
  assert.equal(first.done, false);
  await assert.rejects(pages.next(), (error) => hasCode(error, "Forbidden"));
});

test("the caller's signal ends a list", async () => {
  const abort = new AbortController();
  const send = scriptedSend(() => new Promise(() => undefined));
  const first = list(send, abort.signal).next();
  abort.abort();
  await assert.rejects(first, (error) => hasCode(error, "Cancelled"));
  await assert.rejects(list(send, abort.signal).next(), (error) => hasCode(error, "Cancelled"));
  assert.equal(send.sent.length, 1);
});

for (const [status, reason, code] of [
  [403, "Forbidden", "Forbidden"],
  [404, "NotFound", "NotFound"],
  [401, "Unauthorized", "Unauthorized"],
  [500, "InternalError", "ServerError"],
  [410, "Expired", "ServerError"],
] as const) {
  test(`an answer of ${status} to the first page is ${code}`, async () => {
    const send = scriptedSend(() => statusAnswer(status, reason));
    await assert.rejects(namesAndWarnings(list(send)), (error) => hasCode(error, code));
    assert.equal(send.sent.length, 1);
  });
}

test("a page cut short is asked for again, twice", async () => {
  const send = scriptedSend((request, index) =>
    index === 1 || index === 2 ? textAnswer('{"kind":"PodList","items":[') : threePages(request),
  );
  const { names } = await namesAndWarnings(list(send));
  assert.deepEqual(names, ["a", "b", "c", "d", "e"]);
  assert.deepEqual(tokens(send), ["", "second", "second", "second", "third"]);
});

test("a page that stays cut short is an error", async () => {
  const send = scriptedSend(() => textAnswer('{"kind":"PodList","items":['));
  await assert.rejects(namesAndWarnings(list(send)), (error) => hasCode(error, "ServerError"));
  assert.equal(send.sent.length, 3);
});
