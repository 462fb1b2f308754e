import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import { split } from "shlex";
import { joinShellWords } from "../../../src/lib/shell-quote.ts";

suite("words for a shell", () => {
  test("plain words are not quoted, others are", () => {
    const words = ["kubectl", "pod/db-0", "a b", "", "it's", "$HOME", "*"];
    assert.equal(joinShellWords(words), `kubectl pod/db-0 'a b' '' 'it'"'"'s' '$HOME' '*'`);
  });

  test("a shell reads them back as they were", () => {
    const words = ["$(echo x)", "`id`", "a;b", "'", '"', "\\", "\n", "!x", "~", "a=b", "ü…", "-n"];
    const script = `for word in ${joinShellWords(words)}; do printf '%s\\0' "$word"; done`;
    assert.deepEqual(execFileSync("sh", ["-c", script], { encoding: "utf8" }).split("\0"), [
      ...words,
      "",
    ]);
  });

  test("whatever they are", () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        assert.deepEqual(split(joinShellWords(words)), words);
      }),
    );
  });
});
