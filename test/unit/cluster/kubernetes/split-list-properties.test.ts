import assert from "node:assert/strict";
import test from "node:test";
import * as fc from "fast-check";
import { splitList } from "../../../../src/cluster/kubernetes/split-list.ts";
import { hasCode } from "../../../../src/lib/errors.ts";
import { resourceType } from "../../../support/fake-api-server/resource-types.ts";
import { joined, jsonTexts, objectText, shuffled } from "../../../support/json-texts.ts";

const pods = resourceType("v1", "Pod", "pods");

type Members = (readonly [key: string, value: string])[];
type Metadata = Readonly<Record<string, unknown>>;
type Item = { readonly apiVersion?: string; readonly kind?: string; readonly metadata: Metadata };
type Sample = { readonly text: string; readonly items: readonly string[] };

const metadataTexts = fc
  .tuple(
    fc.string({ minLength: 1 }),
    fc.option(jsonTexts),
    fc.array(fc.tuple(fc.constantFrom("labels", "x\u00fc", "uid", "generation"), jsonTexts), {
      maxLength: 3,
    }),
  )
  .map(([name, managed, rest]): Members => [
    ["name", JSON.stringify(name)],
    ...(managed === null ? [] : [["managedFields", managed] as const]),
    ...rest,
  ])
  .chain(shuffled)
  .chain(objectText);

const itemTexts = fc
  .tuple(
    metadataTexts,
    fc.boolean(),
    fc.array(fc.tuple(fc.constantFrom("spec", "data", "items", "status"), jsonTexts), {
      maxLength: 3,
    }),
  )
  .map(([metadata, typed, rest]): Members => [
    ["metadata", metadata],
    ...rest,
    ...(typed
      ? ([
          ["apiVersion", '"v1"'],
          ["kind", '"P\\u006fd"'],
        ] as const)
      : []),
  ])
  .chain(shuffled)
  .chain(objectText);

const samples: fc.Arbitrary<Sample> = fc.array(itemTexts, { maxLength: 4 }).chain((items) =>
  joined("[", items, "]")
    .chain((list) =>
      shuffled<Members[number]>([
        ["items", list],
        ["kind", '"PodList"'],
        ["apiVersion", '"v1"'],
        ["metadata", '{"resourceVersion":"7","continue":"abc","remainingItemCount":3}'],
        ["other", '{"items":[{"metadata":{"name":"nested"}}]}'],
      ]),
    )
    .chain(objectText)
    .map((text) => ({ text: ` ${text}\n`, items })),
);

test("each body means what the item means in the whole list, with apiVersion and kind", () => {
  fc.assert(
    fc.property(samples, ({ text }) => {
      const { items: expected }: { items: Item[] } = JSON.parse(text);
      const split = splitList(Buffer.from(text), pods);
      assert.deepEqual(
        split.items.map(({ body }): unknown => JSON.parse(Buffer.from(body).toString())),
        expected.map((item) => ({ apiVersion: "v1", kind: "Pod", ...item })),
      );
      assert.deepEqual(
        split.items.map(({ metadata }) => metadata),
        expected.map(({ metadata }) => withoutManagedFields(metadata)),
      );
    }),
  );
});

test("each body is the server's text, byte for byte, behind the apiVersion and kind put in front", () => {
  fc.assert(
    fc.property(samples, ({ text, items }) => {
      const bodies = splitList(Buffer.from(text), pods).items.map(({ body }) =>
        Buffer.from(body).toString(),
      );
      assert.deepEqual(
        bodies,
        items.map((item) =>
          isTyped(item) ? item : `{"apiVersion":"v1","kind":"Pod",${item.slice(1)}`,
        ),
      );
    }),
  );
});

test("every list that is cut short is refused", () => {
  fc.assert(
    fc.property(samples, fc.double({ min: 0, max: 1, noNaN: true }), ({ text }, part) => {
      const whole = Buffer.from(text.trim());
      const cut = whole.subarray(0, Math.floor(part * (whole.length - 1)));
      assert.throws(
        () => splitList(cut, pods),
        (error) => hasCode(error, "ServerError"),
      );
    }),
  );
});

test("bytes that are not JSON never end in anything but a ServerError or a list", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array(),
        fc.string().map((text) => Buffer.from(`{"items":[${text}]}`)),
      ),
      (bytes) => {
        try {
          splitList(bytes, pods);
        } catch (error) {
          assert.ok(hasCode(error, "ServerError"), String(error));
        }
      },
    ),
  );
});

function withoutManagedFields(metadata: Metadata): Metadata {
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => key !== "managedFields"));
}

function isTyped(item: string): boolean {
  const { kind }: Partial<Item> = JSON.parse(item);
  return kind !== undefined;
}
