import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import {
  FORMAT_VERSION,
  formatLine,
  type JournalLine,
} from "../../../../src/journal/directory/journal-lines.ts";
import { readRunContent } from "../../../../src/journal/directory/run-content.ts";
import { aFreeze, runFacts } from "../../../support/journal-builders.ts";

const at = new Date("2026-01-02T03:04:05Z");
const header: JournalLine = {
  type: "run",
  version: FORMAT_VERSION,
  owner: { host: "laptop", pid: 7, pidNamespace: undefined, start: "boot/1" },
  run: runFacts(),
};
const freezing = (id: string): JournalLine => ({
  type: "freezing",
  id,
  freeze: aFreeze({ pod: `db-${id} ü\u2028` }),
});
const thawed = (id: string): JournalLine => ({ type: "thawed", id, at });
const closed = (id: string): JournalLine => ({ type: "closed", id, at, note: "by hand" });
const write = (...lines: readonly JournalLine[]): string =>
  lines.map((line) => formatLine(line, { afterRest: false })).join("");
const close = (id: string): string => formatLine(closed(id), { afterRest: true });

/** Lines of a run: each pod is noted once, and may be closed later. */
const runs = fc
  .array(fc.tuple(fc.nat(5), fc.boolean()), { maxLength: 12 })
  .map((steps) =>
    steps.map(([id, isFreeze]) => (isFreeze ? freezing(String(id)) : thawed(String(id)))),
  );

/** What is open by a model that knows nothing of bytes. */
function openAfter(lines: readonly JournalLine[]): string[] {
  const open = new Set<string>();
  for (const line of lines) {
    if (line.type === "freezing") open.add(line.id);
    else if (line.type !== "run") open.delete(line.id);
  }
  return [...open].toSorted();
}
const openOf = (text: string): string[] => [...readRunContent(text).open.keys()].toSorted();

suite("the file of a run", () => {
  test("cut off at any byte, says what its whole lines say, and nothing is a problem", () => {
    fc.assert(
      fc.property(runs, (lines) => {
        const bytes = Buffer.from(write(header, ...lines));
        for (let length = 0; length <= bytes.length; length += 1) {
          const text = bytes.toString("utf8", 0, length);
          // A line is whole without its line feed, too.
          const whole: JournalLine[] = [header, ...lines].filter(
            (_, index, all) => Buffer.byteLength(write(...all.slice(0, index + 1))) - 1 <= length,
          );
          const content = readRunContent(text);
          assert.deepEqual([...content.open.keys()].toSorted(), openAfter(whole));
          assert.deepEqual(content.problems, []);
          assert.equal(content.header === undefined, whole.length === 0);
        }
      }),
      { numRuns: 20 },
    );
  });

  test("cut off at any byte, can be closed by another process without a problem", () => {
    const text = write(header, freezing("1"), freezing("2"));
    const start = write(header, freezing("1")).length;
    for (let length = start; length < text.length - 1; length += 1) {
      const content = readRunContent(text.slice(0, length) + close("1"));
      assert.deepEqual([[...content.open.keys()], content.problems], [[], []], `at ${length}`);
    }
  });

  test("a closing line that was cut off does not spoil the next one", () => {
    const whole = write(header, freezing("1"), freezing("2"));
    for (let length = 0; length < close("1").length; length += 1) {
      const content = readRunContent(whole + close("1").slice(0, length) + close("2"));
      assert.deepEqual(content.problems, [], `at ${length}`);
      assert.ok(!content.open.has("2"), `at ${length}`);
    }
  });

  test("zeros at the end, as a file system leaves after a loss of power, are passed over", () => {
    const text = `${write(header, freezing("1"))}${"\0".repeat(4096)}`;
    assert.deepEqual(readRunContent(text).problems, []);
    assert.deepEqual(openOf(text), ["1"]);
  });

  for (const [what, garbage] of [
    ["no JSON", "garbage"],
    ["half a line", write(freezing("2")).slice(0, 20)],
    ["a second header", write(header).trimEnd()],
    ["an unknown kind", '{"type":"melted","id":"1","at":"2026-01-02T03:04:05Z"}'],
    ["a list", "[]"],
  ] as const) {
    test(`${what} between lines is a problem that names the line, and the others count`, () => {
      const text = `${write(header, freezing("1"))}${garbage}\n${write(freezing("3"), thawed("1"))}`;
      assert.deepEqual(openOf(text), ["3"]);
      assert.deepEqual(readRunContent(text).problems, ["line 3 cannot be read"]);
    });
  }

  test("a whole last line that cannot be read is a problem", () => {
    assert.deepEqual(readRunContent(`${write(header)}garbage\n`).problems, [
      "line 2 cannot be read",
    ]);
    assert.deepEqual(readRunContent("garbage\n").problems, ["line 1 cannot be read"]);
    const closedLater = `${write(header, freezing("1"))}garbage\n${close("1")}`;
    assert.deepEqual(readRunContent(closedLater).problems, ["line 3 cannot be read"]);
  });

  test("a file of another version, or without a header, says nothing but that", () => {
    const newer = write(header).replace('"version":1', '"version":2');
    const content = readRunContent(newer + write(freezing("1")));
    assert.deepEqual([content.open.size, content.header], [0, undefined]);
    assert.match(content.problems.join(), /another version/);
    assert.match(readRunContent(write(freezing("1"), freezing("2"))).problems.join(), /begin/);
  });
});
