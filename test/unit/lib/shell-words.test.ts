import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import { quote } from "shlex";
import { splitShellWords } from "../../../src/lib/shell-words.ts";

/** What a real shell makes of the text, with file name patterns off. */
function wordsOfShell(text: string): string[] {
  const script = `set -f; printf '%s\\0' ${text}`;
  const printed = execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" });
  return printed.split("\0").slice(0, -1);
}

suite("splitting a text into words as a shell does", () => {
  for (const [text, words] of [
    ["fsfreeze --freeze /data", ["fsfreeze", "--freeze", "/data"]],
    ["  a \t b  ", ["a", "b"]],
    ["sh -c 'sync; echo hi'", ["sh", "-c", "sync; echo hi"]],
    [`a"b"'c'd`, ["abcd"]],
    [`'' ""`, ["", ""]],
    [String.raw`a\ b \\ \"`, ["a b", "\\", '"']],
    [String.raw`"\$HOME \" \\ \x"`, [String.raw`$HOME " \ \x`]],
    [String.raw`'a\\b'"c"`, [String.raw`a\\bc`]],
    ["a\\\nb", ["ab"]],
    ["curl http://x/?a=1 -d {} a=b a#b", ["curl", "http://x/?a=1", "-d", "{}", "a=b", "a#b"]],
    ["echo '5$' \"$\" é🜚", ["echo", "5$", "$", "é🜚"]],
    ["", []],
  ] as const) {
    test(`${JSON.stringify(text)} gives ${JSON.stringify(words)}`, () => {
      assert.deepEqual(splitShellWords(text), { words });
    });
  }

  for (const [text, message] of [
    ["sync && fsfreeze -f /", '"&&" outside quotes'],
    ["a|b", '"|" outside quotes'],
    ["a; b", '";" outside quotes'],
    ["a >/tmp/x", '">" outside quotes'],
    ["a <<E", '"<<" outside quotes'],
    ["echo $HOME", '"$" outside quotes'],
    ["echo $'a'", '"$" outside quotes'],
    ["echo `date`", '"`" outside quotes'],
    ["rm *", '"*" outside quotes'],
    ["(a)", '"(" outside quotes'],
    ["a\nb", "a line break outside quotes"],
    ["ls ~/x", '"~" at the start of a word'],
    ["a #b", '"#" at the start of a word'],
    ['echo "$HOME"', '"$" in double quotes'],
    ['echo "`date`"', '"`" in double quotes'],
    ["PGUSER=x psql", 'the assignment "PGUSER=x" in front of the command'],
  ] as const) {
    test(`${JSON.stringify(text)} needs a shell: ${message}`, () => {
      assert.deepEqual(splitShellWords(text), { problem: { kind: "needs shell", message } });
    });
  }

  for (const [text, message] of [
    ["it's", "a quote (') is not closed"],
    ['a "b', 'a quote (") is not closed'],
    ["a\\", "it ends in a backslash"],
  ] as const) {
    test(`${JSON.stringify(text)} is malformed: ${message}`, () => {
      assert.deepEqual(splitShellWords(text), { problem: { kind: "malformed", message } });
    });
  }

  test("whatever is quoted comes back as it was", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "grapheme" })), (argv) => {
        const text = ["run", ...argv].map(quote).join(" ");
        assert.deepEqual(splitShellWords(text), { words: ["run", ...argv] });
      }),
    );
  });

  test(
    "what is accepted is what /bin/sh makes of it",
    { skip: process.platform === "win32" },
    () => {
      const piece = fc.constantFrom(
        "a",
        "é",
        " ",
        "'",
        '"',
        "\\",
        "$",
        "=",
        "#",
        "~",
        "?",
        "{",
        "!",
        "x y",
      );
      const text = fc.array(piece, { maxLength: 12 }).map((pieces) => `run ${pieces.join("")}`);
      fc.assert(
        fc.property(text, (accepted) => {
          const { words } = splitShellWords(accepted);
          fc.pre(words !== undefined);
          assert.deepEqual(words, wordsOfShell(accepted));
        }),
        { numRuns: 150 },
      );
    },
  );

  test("a megabyte of text is split at once", () => {
    const { words } = splitShellWords("ab ".repeat(350_000));
    assert.equal(words?.length, 350_000);
  });
});
