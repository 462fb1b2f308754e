import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseRawObject, rawObjectFromJson } from "../../../src/cluster/raw-object.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);
const whole = '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","namespace":"b"},"x":1}';

describe("rawObjectFromJson", () => {
  it("keeps the bytes as they are, and reads what filters need", () => {
    const body = bytes(` ${whole.replace("1}", "12345678901234567890 }")}\n`);
    const raw = rawObjectFromJson(body);
    assert.equal(raw.body, body);
    assert.deepEqual(
      [raw.apiVersion, raw.kind, raw.metadata.name, raw.metadata.namespace],
      ["v1", "Pod", "a", "b"],
    );
  });

  for (const text of [
    "null",
    "[]",
    '"text"',
    "{}",
    '{"apiVersion":"v1","kind":"Pod"}',
    '{"apiVersion":"v1","kind":"Pod","metadata":null}',
    '{"apiVersion":"v1","kind":"Pod","metadata":{}}',
    '{"apiVersion":"v1","kind":"Pod","metadata":{"name":1}}',
    '{"apiVersion":1,"kind":"Pod","metadata":{"name":"a"}}',
    '{"kind":"Pod","metadata":{"name":"a"}}',
    '{"apiVersion":"v1","metadata":{"name":"a"}}',
    "",
    "not json",
    whole.slice(0, -1),
  ]) {
    it(`refuses ${text || "nothing"} as ServerError`, () => {
      assert.throws(() => rawObjectFromJson(bytes(text)), { code: "ServerError" });
    });
  }
});

describe("parseRawObject", () => {
  it("gives the object", () => {
    assert.deepEqual(parseRawObject(rawObjectFromJson(bytes(whole))), JSON.parse(whole));
  });

  it("throws ServerError, with the object's name, for a body that is not JSON", () => {
    const raw = { ...rawObjectFromJson(bytes(whole)), body: bytes("{") };
    assert.throws(() => parseRawObject(raw), { code: "ServerError", message: /a Pod .*: a$/ });
  });
});
