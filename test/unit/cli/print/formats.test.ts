import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import { escapeControls, escapeLine } from "../../../../src/cli/print/escape.ts";
import {
  formatAge,
  formatBytes,
  formatSeconds,
  plural,
} from "../../../../src/cli/print/quantities.ts";
import { formatStructured } from "../../../../src/cli/print/structured.ts";
import { formatTable } from "../../../../src/cli/print/table.ts";

suite("texts from elsewhere", () => {
  test("lose nothing but what drives a terminal", () => {
    assert.equal(
      escapeControls("a\u001b[31mb\u202ec\nd\u0007"),
      "a\\u{1b}[31mb\\u{202e}c\nd\\u{7}",
    );
    assert.equal(escapeLine("a\r\n\tb"), "a b");
  });

  test("never carry a control character, whatever they are", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        assert.doesNotMatch(escapeLine(text), /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});

suite("a table", () => {
  test("is kubectl's: three spaces between columns, no lines, <none> for nothing", () => {
    const table = formatTable(
      ["NAME", "LABELS"],
      [
        ["a", "x=y"],
        ["long-name", ""],
      ],
    );
    assert.equal(table, "NAME        LABELS\na           x=y\nlong-name   <none>\n");
  });

  test("goes without a header", () => {
    assert.equal(formatTable(["NAME"], [["a"]], { noHeaders: true }), "a\n");
  });

  test("keeps each row on a line of its own, whatever the cells hold", () => {
    const table = formatTable(["A", "B"], [["x\ny", "\u001b[2J"]]);
    assert.equal(table.split("\n").length, 3);
    assert.ok(!table.includes("\u001b"));
  });
});

test("structured output is read back as it was, in JSON and in YAML", async () => {
  const { load } = await import("js-yaml");
  const value = { name: "a", list: [1, null, "no", "2026-01-01"], absent: undefined };
  const expected = { name: "a", list: [1, null, "no", "2026-01-01"] };
  assert.deepEqual(JSON.parse(formatStructured(value, "json")), expected);
  assert.deepEqual(load(formatStructured(value, "yaml")), expected);
});

test("quantities have units that people read", () => {
  assert.deepEqual([999, 1000, 59_949, 125_000].map(formatSeconds), [
    "999 ms",
    "1.0 s",
    "59.9 s",
    "2 min 5 s",
  ]);
  assert.deepEqual([0, 1023, 1536, 5 * 1024 ** 3].map(formatBytes), [
    "0 B",
    "1023 B",
    "1.5 KiB",
    "5.0 GiB",
  ]);
  assert.deepEqual([-5, 119_000, 7_199_000, 86_400_000, 864_000_000].map(formatAge), [
    "0s",
    "119s",
    "119m",
    "24h",
    "10d",
  ]);
  assert.deepEqual([plural(1, "hook"), plural(12_340, "object")], ["1 hook", "12,340 objects"]);
});
