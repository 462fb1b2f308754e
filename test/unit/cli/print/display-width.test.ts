import assert from "node:assert/strict";
import { test } from "node:test";
import { displayWidth } from "../../../../src/cli/print/display-width.ts";

test("a text's width is what it takes on a terminal", () => {
  const cases: readonly (readonly [text: string, columns: number])[] = [
    ["", 0],
    ["fsfreeze --freeze /data", 23],
    ["\u001b[31mred\u001b[0m", 3],
    ["é", 1],
    ["e\u0301", 1],
    ["a\u200bb", 2],
    ["日本語", 6],
    ["한국", 4],
    ["ｆ", 2],
    ["🚀 😀", 5],
    ["→…×", 3],
  ];
  for (const [text, columns] of cases) assert.equal(displayWidth(text), columns, text);
});
