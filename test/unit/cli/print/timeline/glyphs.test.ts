import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { chooseGlyphs, wantsColor } from "../../../../../src/cli/print/timeline/glyphs.ts";

suite("what a terminal can show", () => {
  const rows: [Record<string, string>, "ascii" | "unicode"][] = [
    [{}, "ascii"],
    [{ LANG: "C" }, "ascii"],
    [{ LANG: "de_DE.UTF-8" }, "unicode"],
    [{ LANG: "en_US.utf8", TERM: "xterm-256color" }, "unicode"],
    [{ LC_ALL: "C", LANG: "en_US.UTF-8" }, "ascii"],
    [{ LC_ALL: "", LC_CTYPE: "C.UTF-8", LANG: "C" }, "unicode"],
    [{ LANG: "en_US.UTF-8", TERM: "linux" }, "ascii"],
    [{ LANG: "en_US.UTF-8", TERM: "dumb" }, "ascii"],
    [{ WT_SESSION: "1" }, "unicode"],
  ];
  for (const [env, expected] of rows) {
    test(`is ${expected} with ${JSON.stringify(env)}`, () => {
      assert.equal(chooseGlyphs(env).isAscii, expected === "ascii");
    });
  }

  test("is coloured on a terminal only, and not with NO_COLOR or TERM=dumb", () => {
    assert.ok(wantsColor({ NO_COLOR: "" }, { isTTY: true }));
    assert.ok(!wantsColor({}, {}));
    assert.ok(!wantsColor({ NO_COLOR: "0" }, { isTTY: true }));
    assert.ok(!wantsColor({ TERM: "dumb" }, { isTTY: true }));
  });
});
