import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readDocuments } from "../../../src/api/document-text.ts";
import { ArkError } from "../../../src/lib/errors.ts";

const refuses = (input: string | Uint8Array, message: RegExp): void => {
  assert.throws(
    () => readDocuments(input, "backup.yaml"),
    (error) => {
      assert.ok(error instanceof ArkError);
      assert.equal(error.code, "InvalidDocument");
      assert.match(error.message, message);
      return true;
    },
  );
};

describe("readDocuments", () => {
  it("reads YAML, JSON, JSON with tabs, and a text with a byte order mark alike", () => {
    const expected = [{ a: { b: [1, "x"] } }];
    const texts = [
      "a:\n  b: [1, x]",
      '{"a":{"b":[1,"x"]}}',
      '{\n\t"a":\t{\n\t\t"b": [1,\t"x"]\n\t}\n}\n',
      "\uFEFFa: {b: [1, x]}\r\n",
    ];
    for (const text of texts) {
      assert.deepEqual(readDocuments(text, "f"), expected);
      assert.deepEqual(readDocuments(new TextEncoder().encode(text), "f"), expected);
    }
  });

  it("reads several documents and leaves empty ones out", () => {
    assert.deepEqual(readDocuments("---\n---\na: 1\n---\n# nothing\n---\nb: 2\n", "f"), [
      { a: 1 },
      { b: 2 },
    ]);
    for (const text of ["", "\n", "# only a remark\n", "---\n", "null"]) {
      assert.deepEqual(readDocuments(text, "f"), []);
    }
  });

  it("keeps dates, versions and yes/no as the text that was written", () => {
    assert.deepEqual(readDocuments("a: 2020-01-01\nb: yes\nc: 1.2.3", "f"), [
      { a: "2020-01-01", b: "yes", c: "1.2.3" },
    ]);
  });

  it("follows aliases and merge keys", () => {
    assert.deepEqual(readDocuments("a: &x {p: 1}\nb: *x\nc: {<<: *x, q: 2}", "f"), [
      { a: { p: 1 }, b: { p: 1 }, c: { p: 1, q: 2 } },
    ]);
  });

  it("names the line and column of a mistake", () => {
    refuses("a: 1\nb: [1", /^backup\.yaml is not valid YAML or JSON: .+ \(line 2, column/);
    refuses("a: 1\na: 2", /duplicated mapping key \(line 2, column 1\)/);
    refuses("a: !!js/function 'x'", /unknown scalar tag/);
  });

  it("refuses bytes that are not UTF-8, and says so of UTF-16", () => {
    refuses(Uint8Array.of(0x61, 0x3a, 0x20, 0xff), /^backup\.yaml is not UTF-8 text$/);
    refuses(Uint8Array.of(0xff, 0xfe, 0x61, 0), /is UTF-16 text: save it as UTF-8/);
    refuses(Uint8Array.of(0xfe, 0xff, 0, 0x61), /is UTF-16 text/);
    refuses(Uint8Array.of(0x1f, 0x8b, 8, 0), /is not UTF-8 text/);
  });

  it("refuses a text that is too large, nested too deeply, or blown up by its aliases", () => {
    refuses(" ".repeat(3 * 1024 * 1024 + 1), /is larger than 3 MiB/);
    refuses("[".repeat(1_000_000), /nesting exceeded/);
    refuses("a: &a [*a]", /has more than 200000 values/);
    const levels = "bcdefghij".split("").map((name, index) => {
      const before = String.fromCharCode("a".charCodeAt(0) + index);
      return `${name}: &${name} [${Array(9).fill(`*${before}`).join(",")}]`;
    });
    refuses(`a: &a [x,x,x,x,x,x,x,x,x]\n${levels.join("\n")}`, /has more than 200000 values/);
  });
});
