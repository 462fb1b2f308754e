import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { hasCode } from "../../../../src/lib/errors.ts";
import {
  readHookSettings,
  type SettingArguments,
} from "../../../../src/cli/commands/hook-settings.ts";

function settingsOf(flags: Omit<SettingArguments, "keys">) {
  return readHookSettings({ keys: "ark", ...flags });
}

function refusal(flags: Omit<SettingArguments, "keys">): string {
  try {
    settingsOf(flags);
  } catch (error) {
    assert.ok(hasCode(error, "Usage"), String(error));
    return `${error.message} | ${error.hint ?? ""}`;
  }
  return "accepted";
}

suite("reading the flags of hooks set", () => {
  test("settings go for both phases, and those of one phase go before them", () => {
    const { settings, order } = settingsOf({
      pre: ["fsfreeze -f /data"],
      post: ['["fsfreeze","-u","/data"]'],
      container: "db",
      "post-container": "car",
      "on-error": "Continue",
      "pre-on-error": "Fail",
      timeout: "30s",
      "post-timeout": "1m30s",
      order: "-2",
    });
    const [pre, post] = settings;
    assert.equal(order, -2);
    assert.deepEqual(pre, {
      phase: "pre",
      command: ["fsfreeze", "-f", "/data"],
      container: "db",
      onError: "Fail",
      timeout: "30s",
    });
    assert.deepEqual(post, {
      phase: "post",
      command: ["fsfreeze", "-u", "/data"],
      container: "car",
      onError: "Continue",
      timeout: "1m30s",
    });
  });

  test("the words after -- are taken as they stand", () => {
    const words = ["sh", "-c", "sync && echo $HOME *", "[", ""];
    const { settings } = settingsOf({ phase: "post", "--": words });
    assert.deepEqual(settings, [
      {
        phase: "post",
        command: words,
        container: undefined,
        onError: undefined,
        timeout: undefined,
      },
    ]);
  });

  test("one phase may come from a flag and the other from after --", () => {
    const { settings } = settingsOf({ pre: ["freeze"], phase: "post", "--": ["thaw"] });
    assert.deepEqual(
      settings.map(({ command }) => command),
      [["freeze"], ["thaw"]],
    );
  });

  for (const [name, flags, message] of [
    ["nothing at all", {}, /no hook to set/],
    ["settings without a hook", { timeout: "3s", container: "db" }, /no hook to set/],
    ["an order and a container, without a hook", { order: "1", container: "db" }, /no hook to set/],
    ["two pre hooks", { pre: ["a", "b"] }, /more than one command for the pre hook \| .*sh -c/],
    ["a pre hook by flag and after --", { pre: ["a"], phase: "pre", "--": ["b"] }, /more than one/],
    ["words after -- without a phase", { pre: ["a"], "--": ["b"] }, /no --phase/],
    ["a phase without words", { phase: "pre", "--": [] }, /--phase pre --: the command is empty/],
    ["an empty word as the program", { phase: "pre", "--": ["", "x"] }, /command is empty/],
    ["an empty command", { pre: [""] }, /--pre: the command is empty/],
    ["blanks", { pre: ["  \t "] }, /--pre: the command is empty/],
    ["empty quotes", { post: ["''"] }, /--post: the command is empty/],
    ["an empty array", { pre: ["[]"] }, /--pre: the command is empty/],
    ["an array of an empty text", { pre: ['[""]'] }, /--pre: the command is empty/],
    ["a number in the array", { pre: ['["sleep",5]'] }, /something else than texts/],
    ["null in the array", { pre: ['["a",null]'] }, /something else than texts/],
    ["broken JSON", { pre: ['["a"'] }, /not a JSON array/],
    ["the command called [", { pre: ["[ -f /x ]"] }, /write test/],
    ["a NUL character", { pre: [String.raw`["a\u0000b"]`] }, /NUL/],
    ["a pipe", { pre: ["a | b"] }, /"\|" outside quotes.* \| .*--phase pre -- sh -c 'a \| b'/],
    ["a variable", { post: ["rm $X"] }, /--phase post -- sh -c 'rm \$X'/],
    ["an open quote", { pre: ["it's"] }, /not closed.*JSON array/],
    ["on-error in small letters", { pre: ["a"], "on-error": "fail" }, /neither.*capital/],
    ["another on-error", { pre: ["a"], "pre-on-error": "Ignore" }, /"Ignore" is neither Fail/],
    ["a time-out without unit", { pre: ["a"], timeout: "30" }, /Write 30s/],
    ["a time-out of nothing", { pre: ["a"], timeout: "0" }, /"0" is not more than nothing/],
    ["0s", { pre: ["a"], timeout: "0s" }, /not more than nothing/],
    ["a negative time-out", { pre: ["a"], "pre-timeout": "-5s" }, /not more than nothing/],
    ["days", { pre: ["a"], timeout: "1d" }, /"1d" is not a duration/],
    ["a huge time-out", { pre: ["a"], timeout: `${"9".repeat(400)}h` }, /is not a duration/],
    ["a setting of a phase that is not set", { pre: ["a"], "post-timeout": "3s" }, /no post hook/],
    ["an empty container", { pre: ["a"], container: "" }, /--container is empty/],
    ["an order with a fraction", { pre: ["a"], order: "1.5" }, /not a whole number/],
    ["an order that is no number", { pre: ["a"], order: "first" }, /not a whole number/],
  ] as const) {
    test(`${name} is refused`, () => assert.match(refusal(flags), message));
  }

  test("a refused command of a megabyte is not repeated in the message", () => {
    assert.ok(refusal({ pre: [`a | ${"b".repeat(1_000_000)}`] }).length < 600);
  });
});
