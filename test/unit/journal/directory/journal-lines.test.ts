import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import {
  FORMAT_VERSION,
  formatLine,
  type JournalLine,
  parseLine,
} from "../../../../src/journal/directory/journal-lines.ts";

function aRecord<T extends object>(model: {
  [Key in keyof T]: fc.Arbitrary<T[Key]>;
}): fc.Arbitrary<T> {
  return fc.record<T, keyof T>(model, { noNullPrototype: true });
}
const text = fc.string({ unit: "binary" });
const date = fc.date({ noInvalidDate: true });
const command = aRecord({
  name: text,
  source: fc.constantFrom("annotation", "spec"),
  container: text,
  command: fc.array(text),
  timeoutMs: fc.double({ min: 0.000001, max: 1e15, noNaN: true }),
});
const freeze = aRecord({
  namespace: text,
  pod: text,
  podUid: text,
  frozenAt: date,
  postHooks: fc.array(command, { maxLength: 3 }),
});
const lines: fc.Arbitrary<JournalLine> = fc.oneof(
  aRecord({
    type: fc.constant("run" as const),
    version: fc.constant(FORMAT_VERSION),
    owner: aRecord({
      host: text,
      pid: fc.nat(),
      pidNamespace: fc.option(text, { nil: undefined }),
      start: fc.option(text, { nil: undefined }),
    }),
    run: aRecord({
      backup: text,
      startedAt: date,
      context: text,
      cluster: text,
      server: text,
      user: text,
    }),
  }),
  aRecord({ type: fc.constant("freezing" as const), id: text, freeze }),
  aRecord({ type: fc.constant("thawed" as const), id: text, at: date }),
  aRecord({ type: fc.constant("closed" as const), id: text, at: date, note: text }),
);

/** Every way to leave out or spoil one value in a tree. */
function* spoiled(value: unknown): Generator {
  if (typeof value !== "object" || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    const put = (other: unknown): unknown =>
      Array.isArray(value)
        ? value.map((item, index) => (String(index) === key ? other : item))
        : { ...value, [key]: other };
    for (const wrong of [null, {}, true, 1.5e300, "wrong"]) {
      if (typeof wrong !== typeof child || wrong === null) yield put(wrong);
    }
    for (const deeper of spoiled(child)) yield put(deeper);
    if (!Array.isArray(value)) {
      const { [key]: _left, ...rest } = Object.fromEntries(Object.entries(value));
      yield rest;
    }
  }
}

suite("a line of the journal", () => {
  test("is one line, and read as it was written", () => {
    fc.assert(
      fc.property(lines, (line) => {
        const written = formatLine(line, { afterRest: false });
        assert.equal(written.indexOf("\n"), written.length - 1);
        assert.deepEqual(parseLine(written), line);
      }),
    );
  });

  test("with a field that is missing or of another kind is none, and is never half read", () => {
    const line = {
      type: "freezing",
      id: "1",
      freeze: {
        namespace: "shop",
        pod: "db",
        podUid: "u",
        frozenAt: "2026-01-02T03:04:05.000Z",
        postHooks: [
          { name: "n", source: "spec", container: "c", command: ["a"], timeoutMs: 30_000 },
        ],
      },
    };
    assert.ok(parseLine(JSON.stringify(line)));
    const cases = [...spoiled(line)].map((value) => JSON.stringify(value));
    assert.ok(cases.length > 40);
    for (const json of cases) assert.equal(parseLine(json), undefined, json);
  });

  test("a time-out of nothing, a time that is none and a hostile prototype are refused", () => {
    const at = '"at":"2026-13-45"';
    assert.equal(parseLine(`{"type":"thawed","id":"1",${at}}`), undefined);
    assert.equal(parseLine('{"__proto__":{"type":"thawed"},"id":"1"}'), undefined);
    const hook = '{"name":"","source":"spec","container":"","command":[],"timeoutMs":0}';
    const json = `{"type":"freezing","id":"1","freeze":{"namespace":"","pod":"","podUid":"","frozenAt":"2026-01-02","postHooks":[${hook}]}}`;
    assert.equal(parseLine(json), undefined);
    assert.ok(parseLine(json.replace('"timeoutMs":0', '"timeoutMs":1')));
  });
});
