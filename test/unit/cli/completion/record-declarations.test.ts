import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Argv } from "yargs";
import { recordProgram } from "../../../../src/cli/completion/record-declarations.ts";
import { runProgram } from "../../../../src/cli/program.ts";
import { capturedContext } from "../../../support/captured-context.ts";
import { declaredCommands } from "../../../support/declared-commands.ts";

async function helpOf(path: readonly string[]): Promise<string> {
  const context = capturedContext();
  assert.equal(await runProgram([...path, "--help"], context), 0);
  return context.output();
}

suite("what is read from the declarations", () => {
  test("every command has just the flags of its help, by all of their names", async () => {
    const commands = await declaredCommands();
    assert.ok(commands.length > 15, `${commands.length} commands`);
    for (const { path, flags } of commands) {
      const help = await helpOf(path);
      const lines = help.matchAll(
        /^(?: {2}(?=-\w, )| {6}(?=--))((?:-\w, )?--[a-z][\w-]*(?:, -{1,2}[\w-]+)*)(?= |$)/gm,
      );
      const shown = [...lines].flatMap(([, names = ""]) => names.match(/[A-Za-z][\w-]*/g) ?? []);
      const recorded = flags.filter(({ isHidden }) => !isHidden).flatMap(({ names }) => names);
      assert.deepEqual(recorded.toSorted(), shown.toSorted(), path.join(" "));
    }
  });

  test("every command takes the words of its usage", async () => {
    for (const { path, command } of await declaredCommands()) {
      const [usage = ""] = (await helpOf(path)).split("\n");
      const shown = [...usage.matchAll(/[<[]([\w-]+)(\.\.)?[\]>]/g)];
      assert.deepEqual(
        command.positionals.map(({ name, isVariadic }) => [name, isVariadic]),
        shown.map(([, name, dots]) => [name, dots !== undefined]),
        path.join(" "),
      );
    }
  });

  test("a command that is declared later than its parent is waited for", async () => {
    const program = recordProgram((yargs: Argv) =>
      yargs.command(["late <thing>", "$0"], "Late", async (inside) => {
        await Promise.resolve();
        return inside.options({ one: { type: "string" } }).option("two", { alias: "t" });
      }),
    );
    const [late] = (await program.open()).commands;
    assert.ok(late);
    assert.deepEqual([late.name, late.isDefault], ["late", true]);
    const names = (await late.open()).flags.map((flag) => flag.names);
    assert.deepEqual(names, [["one"], ["two", "t"]]);
  });

  test("calls that say nothing about commands and flags are passed over", async () => {
    const program = recordProgram((yargs: Argv) =>
      yargs.wrap(80).strict().epilogue("end").option("one", {}).middleware([]),
    );
    assert.deepEqual((await program.open()).flags.length, 1);
  });
});
