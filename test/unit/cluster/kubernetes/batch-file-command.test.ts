import assert from "node:assert/strict";
import { test } from "node:test";
import {
  batchFileCommand,
  isBatchFile,
} from "../../../../src/cluster/kubernetes/batch-file-command.ts";

function lineFor(...args: readonly string[]): string | undefined {
  return batchFileCommand("C:\\az cli\\az.cmd", args, "cmd.exe").args.at(-1);
}

test("batch files are known by their ending in any case", () => {
  for (const command of ["az.cmd", "C:\\x\\AWS.CMD", "login.bat"]) assert.ok(isBatchFile(command));
  for (const command of ["aws", "aws.exe", "cmd", "x.cmd.exe"]) assert.ok(!isBatchFile(command));
});

test("a batch file is run by cmd.exe without its start-up commands", () => {
  const { file, args } = batchFileCommand("az.cmd", ["token"], "C:\\Windows\\cmd.exe");
  assert.equal(file, "C:\\Windows\\cmd.exe");
  assert.deepEqual(args, ["/d", "/s", "/c", '"az.cmd ^^^"token^^^""']);
});

test("blanks in the command and blanks, quotes and backslashes in arguments are kept", () => {
  const command = "C:\\az^ cli\\az.cmd";
  assert.equal(lineFor("a b"), `"${command} ^^^"a^^^ b^^^""`);
  assert.equal(lineFor('say "x"'), String.raw`"${command} ^^^"say^^^ \^^^"x\^^^"^^^""`);
  assert.equal(lineFor("dir\\"), String.raw`"${command} ^^^"dir\\^^^""`);
  assert.equal(lineFor(""), `"${command} ^^^"^^^""`);
});

test("nothing in an argument reaches cmd.exe unescaped", () => {
  const line = lineFor("& calc | more > x < y %PATH% !x! ^") ?? "";
  const inner = line.slice(1, -1).replaceAll(/\^./g, "");
  assert.doesNotMatch(inner, /[()%!^"<>&|]/);
});
