import assert from "node:assert/strict";
import test from "node:test";
import { type SplitList, splitList } from "../../../../src/cluster/kubernetes/split-list.ts";
import { hasCode } from "../../../../src/lib/errors.ts";
import { resourceType } from "../../../support/fake-api-server/resource-types.ts";

const deployments = resourceType("apps/v1", "Deployment", "deployments");

function split(text: string): SplitList {
  return splitList(Buffer.from(text), deployments);
}

function bodiesOf(list: SplitList): string[] {
  return list.items.map(({ body }) => Buffer.from(body).toString());
}

test("an item that has apiVersion and kind shares the page's memory", () => {
  const item = '{"apiVersion":"a/v1","kind":"B","metadata":{"name":"c"}}';
  const page = Buffer.from(`{"kind":"BList","apiVersion":"a/v1","items":[${item}]}`);
  const [raw] = splitList(page, deployments).items;
  assert.equal(raw?.body.buffer, page.buffer);
  assert.equal(raw?.apiVersion, "a/v1");
  assert.equal(raw?.kind, "B");
  assert.equal(Buffer.from(raw?.body ?? []).toString(), item);
});

test("a missing apiVersion alone is put in front alone", () => {
  const list = split(
    '{"apiVersion":"v1","kind":"PodList","items":[{"kind":"X","metadata":{"name":"a"}}]}',
  );
  assert.deepEqual(bodiesOf(list), ['{"apiVersion":"v1","kind":"X","metadata":{"name":"a"}}']);
});

for (const head of [
  '"kind":"List","apiVersion":"v1"',
  '"kind":"Odd","apiVersion":"v9"',
  '"kind":"PodList"',
  '"kind":7,"apiVersion":null',
]) {
  test(`items are taken for what the resource is when the list says ${head}`, () => {
    const [item] = split(`{${head},"items":[{"metadata":{"name":"a"}}]}`).items;
    assert.equal(item?.apiVersion, "apps/v1");
    assert.equal(item?.kind, "Deployment");
  });
}

test("items are told apart from nested items, metadata and braces inside strings", () => {
  const items = [
    '{"data":{"metadata":"}","items":[1,"]"],"x":"\\\\"},"metadata":{"name":"a","labels":{"metadata":"{"}}}',
    '{"metadata":{"name":"b","annotations":{"last":"{\\"metadata\\":{\\"name\\":\\"z\\"}}"}}}',
  ];
  const list = split(
    `{"kind":"DeploymentList","apiVersion":"apps/v1","items":[${items.join(",")}]}`,
  );
  assert.deepEqual(
    list.items.map(({ metadata }) => metadata.name),
    ["a", "b"],
  );
  assert.deepEqual(list.items[1]?.metadata.annotations, { last: '{"metadata":{"name":"z"}}' });
});

for (const metadata of [
  '{"managedFields":[{"a":1}],"name":"a","uid":"u"}',
  '{"name":"a","managedFields":[{"a":1}],"uid":"u"}',
  '{ "name":"a", "uid":"u" , "managedFields" : [{"a":"managedFields"}] }',
  '{"managedFields":null,"name":"a","uid":"u"}',
]) {
  test(`managedFields are left out of ${metadata}`, () => {
    const list = split(`{"kind":"DeploymentList","items":[{"metadata":${metadata}}]}`);
    assert.deepEqual(list.items[0]?.metadata, { name: "a", uid: "u" });
    assert.ok(bodiesOf(list)[0]?.includes("managedFields"));
  });
}

test("keys written with escapes are recognised", () => {
  const list = split('{"kind":"DeploymentList","\\u0069tems":[{"met\\u0061data":{"name":"a"}}]}');
  assert.equal(list.items[0]?.metadata.name, "a");
});

test("the list's own metadata gives the token, the version and the remaining count", () => {
  const list = split(
    '{"kind":"DeploymentList","metadata":{"resourceVersion":"9","continue":"t","remainingItemCount":12},"items":[]}',
  );
  assert.deepEqual(list, {
    items: [],
    continueToken: "t",
    resourceVersion: "9",
    remainingItemCount: 12,
  });
});

for (const rest of [
  '"items":null',
  '"items":[]',
  '"metadata":null',
  '"metadata":{"continue":7},"items":[]',
]) {
  test(`{"kind":"DeploymentList",${rest}} is an empty last page`, () => {
    assert.deepEqual(split(`{"kind":"DeploymentList",${rest}}`), {
      items: [],
      continueToken: "",
      resourceVersion: "",
    });
  });
}

test(
  "a string of a million backslashes and quotes is read once, not again and again",
  { timeout: 10_000 },
  () => {
    const note = '\\\\\\"'.repeat(250_000);
    const list = split(
      `{"kind":"DeploymentList","items":[{"metadata":{"name":"a"},"note":"${note}"}]}`,
    );
    assert.equal(list.items.length, 1);
  },
);

test("nesting as deep as a body can be does not overflow the stack", () => {
  const deep = "[".repeat(500_000) + "]".repeat(500_000);
  const list = split(`{"kind":"DeploymentList","items":[{"metadata":{"name":"a"},"x":${deep}}]}`);
  assert.equal(list.items.length, 1);
});

const malformed: readonly (readonly [what: string, text: string])[] = [
  ["nothing", ""],
  ["null", "null"],
  ["an array", "[]"],
  ["HTML", "<html><body>Bad gateway</body></html>"],
  ["a Status", '{"kind":"Status","status":"Failure"}'],
  ["a Table", '{"kind":"Table","columnDefinitions":[],"rows":[]}'],
  ["items that are an object", '{"kind":"PodList","items":{}}'],
  ["items that are text", '{"kind":"PodList","items":"none"}'],
  ["an item that is a number", '{"kind":"PodList","items":[1]}'],
  ["an item without metadata", '{"kind":"PodList","items":[{"spec":{}}]}'],
  ["metadata null", '{"kind":"PodList","items":[{"metadata":null}]}'],
  ["metadata that is an array", '{"kind":"PodList","items":[{"metadata":["name"]}]}'],
  ["an empty name", '{"kind":"PodList","items":[{"metadata":{"name":""}}]}'],
  ["a name that is a number", '{"kind":"PodList","items":[{"metadata":{"name":7}}]}'],
  ["a kind that is a number", '{"kind":"PodList","items":[{"kind":1,"metadata":{"name":"a"}}]}'],
  ["broken metadata", '{"kind":"PodList","items":[{"metadata":{"name":"a","x":tru}}]}'],
  ["a comma too many", '{"kind":"PodList","items":[{"metadata":{"name":"a"}},]}'],
  ["a second document", '{"kind":"PodList","items":[]}{}'],
  ["a missing colon", '{"kind" "PodList","items":[]}'],
  ["a missing value", '{"kind":,"items":[]}'],
  ["an end in the middle", '{"kind":"PodList","items":[{"metadata":{"name":"a"},"x":"'],
  ["an end behind a backslash", '{"kind":"PodList","items":[{"metadata":{"name":"a"},"x":"\\'],
];

for (const [what, text] of malformed) {
  test(`a page is refused that holds ${what}`, () => {
    assert.throws(
      () => split(text),
      (error) =>
        hasCode(error, "ServerError") &&
        /^a page of deployments.apps is not valid: ./.test(error.message),
    );
  });
}
