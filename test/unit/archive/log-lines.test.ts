import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { anyText } from "../../support/archive-arbitraries.ts";
import { formatLogLine } from "../../../src/archive/log-lines.ts";

const time = new Date("2018-07-10T13:15:16.789Z");

test("a line is logrus's: time in seconds, level, message, then fields in order of their keys", () => {
  const fields = { name: "nginx", backup: "heptio-ark/nginx", count: 3, absent: undefined };
  assert.equal(
    formatLogLine({ time, level: "info", message: "Backing up resource", fields }),
    'time="2018-07-10T13:15:16Z" level=info msg="Backing up resource" backup=heptio-ark/nginx count=3 name=nginx\n',
  );
});

const QUOTED = [
  ["plain-._/@^+09Az", "plain-._/@^+09Az"],
  ["", ""],
  ["two words", '"two words"'],
  ["a:b", '"a:b"'],
  ['say "hi" \\', '"say \\"hi\\" \\\\"'],
  ["\u0007\b\f\n\r\t\v", '"\\a\\b\\f\\n\\r\\t\\v"'],
  ["\u001b[31m\u007f", '"\\x1b[31m\\x7f"'],
  ["größe 日本 😀", '"größe 日本 😀"'],
  ["\u0085\u00a0\u2028\ufeff\u202e", '"\\u0085\\u00a0\\u2028\\ufeff\\u202e"'],
  ["\u{e0001}", '"\\U000e0001"'],
  ["\ud800", '"\\ufffd"'],
] as const;
for (const [text, quoted] of QUOTED) {
  test(`the value ${JSON.stringify(text)} is written as ${quoted}, as Go quotes`, () => {
    const line = formatLogLine({ time, level: "error", message: "m", fields: { v: text } });
    assert.equal(line, `time="2018-07-10T13:15:16Z" level=error msg=m v=${quoted}\n`);
  });
}

test("a field named like one of the standard keys is set apart, and a key is always one word", () => {
  const line = formatLogLine({
    time,
    level: "warning",
    message: "m",
    fields: { msg: "x", "a b\n=": 1 },
  });
  assert.equal(line, 'time="2018-07-10T13:15:16Z" level=warning msg=m a_b__=1 fields.msg=x\n');
});

test("whatever is said, it is one line without control characters", () => {
  const texts = anyText(40);
  fc.assert(
    fc.property(texts, fc.dictionary(texts, texts), (message, fields) => {
      const line = formatLogLine({ time, level: "info", message, fields });
      assert.ok(line.endsWith("\n"));
      assert.doesNotMatch(line.slice(0, -1), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      assert.match(line, /^time="2018-07-10T13:15:16Z" level=info msg=/);
    }),
  );
});
