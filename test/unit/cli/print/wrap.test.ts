import assert from "node:assert/strict";
import { test } from "node:test";
import { formatTable } from "../../../../src/cli/print/table.ts";
import { wrapList } from "../../../../src/cli/print/wrap.ts";

test("a long list is broken between its items, none of which is lost or cut", () => {
  const items = Array.from({ length: 40 }, (_, index) => `kind-${index}.example.com`);
  const lines = wrapList("Resources:   ", items, 13);
  assert.ok(lines.every((line) => line.length <= 80));
  assert.ok(lines.length > 8);
  assert.match(lines[1] ?? "", /^ {13}kind-/);
  assert.equal(lines.map((line) => line.trim()).join(" "), `Resources:   ${items.join(", ")}`);
});

test("a short list, an empty one and an item that is wider than the terminal stand on one line", () => {
  assert.deepEqual(wrapList("A: ", ["b", "c"], 2), ["A: b, c"]);
  assert.deepEqual(wrapList("A: ", [], 2), ["A: "]);
  assert.deepEqual(wrapList("A: ", ["b".repeat(100)], 2), [`A: ${"b".repeat(100)}`]);
});

test("a table is as narrow as asked for, by cutting the column that may be cut", () => {
  const fit = { header: "COMMAND", width: 60 };
  const rows = [["shop/db-0", `sh -c ${"x".repeat(100)}`, "succeeded"]];
  const [, line = ""] = formatTable(["POD", "COMMAND", "STATUS"], rows, { fit }).split("\n");
  assert.equal(line.length, 60);
  assert.match(line, /^shop\/db-0 {3}sh -c x+… {3}succeeded$/);
  const short = formatTable(["POD", "COMMAND"], [["a", "sync"]], { fit });
  assert.equal(short, "POD   COMMAND\na     sync\n");
});

test("a table that cannot be so narrow keeps the start of what it cuts", () => {
  const rows = [["p".repeat(90), "fsfreeze --freeze /var/lib/data"]];
  const table = formatTable(["POD", "COMMAND"], rows, { fit: { header: "COMMAND", width: 80 } });
  assert.match(table, /p {3}fsfreeze --free…$/m);
});
