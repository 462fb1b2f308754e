import assert from "node:assert/strict";
import { suite, test } from "node:test";
import {
  FLAG_VALUES,
  POSITIONAL_VALUES,
  sourceOfFlag,
  sourceOfPositional,
} from "../../../../src/cli/completion/value-sources.ts";
import { declaredCommands } from "../../../support/declared-commands.ts";

const commands = await declaredCommands();

const flags = commands.flatMap(({ path, flags: own }) =>
  own
    .filter(({ value, isSwitch, choices }) => value !== "none" && !isSwitch && choices.length === 0)
    .map((flag) => ({ command: path.join(" "), name: flag.name, flag })),
);
const positionals = commands.flatMap(({ path, command }) =>
  command.positionals.map(({ name }) => ({ command: path.join(" "), name })),
);

suite("the table of values", () => {
  test("no flag with a value is missing: say there what it is completed with, or that it is free", () => {
    const missing = flags.filter(({ command, name }) => !sourceOfFlag(command, name));
    assert.deepEqual(
      missing.map(({ command, name }) => `${command} --${name}`),
      [],
    );
  });

  test("no word of a command is missing", () => {
    const missing = positionals.filter(({ command, name }) => !sourceOfPositional(command, name));
    assert.deepEqual(missing, []);
  });

  test("it holds nothing that no command has", () => {
    const known = flags.flatMap(({ command, name }) => [name, `${command} --${name}`]);
    const words = positionals.flatMap(({ command, name }) => [name, `${command} ${name}`]);
    assert.deepEqual(
      Object.keys(FLAG_VALUES).filter((key) => !known.includes(key)),
      [],
    );
    assert.deepEqual(
      Object.keys(POSITIONAL_VALUES).filter((key) => !words.includes(key)),
      [],
    );
  });

  test("flags that name something of the cluster are never free", () => {
    const named = flags.filter(({ name }) =>
      /(^|-)(namespaces?|resources|container|context|cluster|user|class)$/.test(name),
    );
    assert.ok(named.length > 20, `${named.length} flags`);
    const free = named
      .filter(({ command, name }) => sourceOfFlag(command, name) === "free")
      .map(({ name }) => name);
    // The API server has no list of its users.
    assert.deepEqual([...new Set(free)].toSorted(), ["for-user", "ordered-resources"]);
  });
});
