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

const widgets = resourceType("example.com/v1", "Widget", "widgets");
const letters = "abcdefgh".split("");

/** One object a page, the token being the index of the next; `isGone` says which requests find their token too old. */
function onePerPage(isGone: (index: number, start: number) => boolean): ScriptedSend {
  return scriptedSend((request, index) => {
    const token = queryOf(request, "continue") ?? "0";
    const start = Number(token.replace("fresh-", ""));
    if (!token.startsWith("fresh-") && start > 0 && isGone(index, start))
      return statusAnswer(410, "Expired", { continue: `fresh-${start}` });
    return widgetPage(start);
  });
}

function widgetPage(start: number): ApiResponse {
  const next = start + 1 < letters.length ? String(start + 1) : "";
  const items = letters.slice(start, start + 1).map((name) => ({ metadata: { name } }));
  const head = { kind: "WidgetList", apiVersion: "example.com/v1" };
  return jsonAnswer({ ...head, metadata: { continue: next }, items });
}

function list(send: ScriptedSend): AsyncGenerator<ListPage, void, undefined> {
  const transport = { send, wantsGzip: () => false, observe: () => undefined };
  return listPages(transport, { resource: widgets, options: {} }, new AbortController().signal);
}

async function readAll(send: ScriptedSend): Promise<{ names: string[]; warnings: string[] }> {
  const names: string[] = [];
  const warnings: string[] = [];
  for await (const { items, warning } of list(send)) {
    names.push(...items.map(({ metadata }) => metadata.name));
    if (warning !== undefined) warnings.push(warning);
  }
  return { names, warnings };
}

test("a list that expired half way is started again and gives each object once", async () => {
  const send = onePerPage((index) => index === 4);
  assert.deepEqual(await readAll(send), { names: letters, warnings: [] });
});

test("a list may expire twice", async () => {
  const send = onePerPage((index) => index === 4 || index === 7);
  assert.deepEqual(await readAll(send), { names: letters, warnings: [] });
});

test("the third time it goes on with the server's token and says so", async () => {
  const send = onePerPage((_index, start) => start === 5);
  const { names, warnings } = await readAll(send);
  assert.deepEqual(names, letters);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0] ?? "", /widgets\.example\.com expired .* later state/);
});

test("an object made while the list was started again is given too", async () => {
  const send = onePerPage((index) => index === 2);
  const inserted = scriptedSend(async (request, index) => {
    if (index === 3) {
      const items = ["a", "a2"].map((name) => ({ metadata: { name } }));
      return jsonAnswer({ kind: "WidgetList", metadata: { continue: "1" }, items });
    }
    return send(request, new AbortController().signal);
  });
  const { names } = await readAll(inserted);
  assert.deepEqual(names, ["a", "b", "a2", ...letters.slice(2)]);
});

function sameNamePage(namespaces: readonly string[], next: string): ApiResponse {
  const items = namespaces.map((namespace) => ({ metadata: { name: "same", namespace } }));
  return jsonAnswer({ kind: "WidgetList", metadata: { continue: next }, items });
}

test("objects of one name in two namespaces are both given after a new start", async () => {
  const send = scriptedSend((_request, index) => {
    if (index === 1) return statusAnswer(410, "Expired");
    return index === 0 ? sameNamePage(["x"], "1") : sameNamePage(["x", "y"], "");
  });
  const namespaces: (string | undefined)[] = [];
  for await (const { items } of list(send))
    namespaces.push(...items.map(({ metadata }) => metadata.namespace));
  assert.deepEqual(namespaces, ["x", "y"]);
});

for (const [what, answer] of [
  ["offers no token", statusAnswer(410, "Expired")],
  ["is not JSON", textAnswer("gone", 410)],
  ["offers a number", statusAnswer(410, "Expired", { continue: 7 })],
] as const) {
  test(`a 410 that ${what} is an error once the list was started again twice`, async () => {
    const send = scriptedSend((request) => (isFirst(request) ? widgetPage(0) : answer));
    await assert.rejects(readAll(send), (error) => hasCode(error, "ServerError"));
    assert.equal(send.sent.length, 6);
  });
}

test("a server whose fresh token is too old as well does not keep the list going for ever", async () => {
  const send = scriptedSend((request, index) => {
    assert.ok(index < 20, "the list goes on for ever");
    return isFirst(request) ? widgetPage(0) : statusAnswer(410, "Expired", { continue: "fresh" });
  });
  await assert.rejects(readAll(send), (error) => hasCode(error, "ServerError"));
  assert.equal(send.sent.length, 7);
});

test("pages of more than 32 MiB are asked for in halves, down to 25 objects", async () => {
  const head = { kind: "WidgetList", apiVersion: "example.com/v1" };
  const small = jsonAnswer({ ...head, metadata: { continue: "more" }, items: [] });
  const last = jsonAnswer({ ...head, metadata: {}, items: [] });
  const body = Buffer.alloc(33 * 1024 * 1024, "x");
  body.set(
    Buffer.from('{"kind":"WidgetList","metadata":{"continue":"more"},"items":[],"filler":"'),
  );
  body.set(Buffer.from('"}'), body.length - 2);
  const huge: ApiResponse = { ...small, body };
  const send = scriptedSend((_request, index) => {
    if (index < 6) return huge;
    return index === 6 ? small : last;
  });
  await readAll(send);
  assert.deepEqual(
    send.sent.map(({ request }) => queryOf(request, "limit")),
    ["500", "250", "125", "62", "31", "25", "25", "25"],
  );
});

function isFirst(request: ApiRequest): boolean {
  return queryOf(request, "continue") === undefined;
}
