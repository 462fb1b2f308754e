import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { arkSession } from "../../support/ark-session.ts";

const ark = await arkSession();

suite("the command line", () => {
  const mistakes: [words: string[], message: RegExp][] = [
    [["bakcup"], /unknown command: "bakcup"; did you mean backup\?/],
    [["hooks", "st", "pod/app"], /^error: unknown command: "st"; did you mean set\?\nhint: /],
    [["backup", "describe"], /NAME is missing: kubectl ark backup describe <name\.\.>$/m],
    [["backup", "logs", "--store=x"], /NAME is missing: kubectl ark backup logs <name>$/m],
    [["backup", "download"], /NAME is missing: kubectl ark backup download <name>$/m],
    [["backup", "delete", "-y"], /NAME is missing: kubectl ark backup delete <name\.\.>$/m],
    [["delete", "backup", "x"], /"delete"; did you mean kubectl ark backup delete x\?/],
    [["describe", "backups", "x"], /"describe"; did you mean kubectl ark backup describe x\?/],
    [["create", "backup", "x", "-n=a b"], /mean kubectl ark backup create x '-n=a b'\?/],
    [["logs", "x"], /"logs"; did you mean kubectl ark backup logs x\?/],
    [["download"], /"download"; did you mean kubectl ark backup download\?/],
    [["hooks", "gte"], /unknown command: "gte"; did you mean get\?/],
    [["get", "bakups"], /unknown command: "bakups"; did you mean backups\?/],
    [["backup", "--namespce=x"], /unknown flag: --namespce; did you mean --namespace\?/],
    [["backup", "-Z"], /unknown flag: -Z/],
    [["backup", "lsit"], /"lsit" looks like a command; did you mean backup get\?/],
    [["backup", "Bad_Name"], /"Bad_Name" cannot be the name of a backup/],
    [["backup", "../x"], /cannot be the name of a backup/],
    [["backup", "--namespace"], /Not enough arguments following: namespace/],
    [["backup", "-o", "xml"], /Invalid values/],
    [["backup", "--ttl", "30d"], /spec\.ttl: "30d" is not a duration/],
    [["backup", "--parallelism", "0"], /--parallelism takes a whole number from 1 to 64/],
    [["backup", "--parallelism", "many"], /--parallelism takes a whole number/],
    [["backup", "-l", "a b"], /a b/],
    [["backup", "-l", "a", "--or-selector", "b"], /cannot be used together/],
    [["backup", "-n", "a", "--include-namespaces", "b"], /cannot be used together/],
    [["backup", "--labels", "nokey"], /"nokey" is not of the form key=value/],
    [["backup", "--ordered-resources", "pods"], /not of the form pods=ns\/a,ns\/b/],
    [["backup", "--store", "s3://bucket"], /there are no s3: stores/],
    [["backup", "-f", "absent.yaml"], /cannot read absent\.yaml/],
    [["hooks"], /Say what to do with hooks/],
    [["-v"], /Say what to do: backup, get/],
  ];
  for (const [words, message] of mistakes) {
    test(`"${words.join(" ")}" is a usage error that names the mistake`, async () => {
      const { code, stdout, stderr } = await ark.run(...words);
      assert.match(stderr, message);
      assert.equal(code, 2);
      assert.equal(stdout, "");
    });
  }

  test("what was mistyped reaches no server", () => {
    assert.deepEqual([...ark.server.requests], []);
  });

  test("a name near a subcommand is taken where create is spelt out", async () => {
    const { code, stderr } = await ark.run("backup", "create", "lsit", "-n", "nowhere");
    assert.match(stderr, /there is no namespace "nowhere"/);
    assert.equal(code, 2);
  });

  test("every command has help with examples, in 80 columns", async () => {
    const commands = ["backup", "backup get", "backup describe", "backup logs", "hooks set"];
    for (const command of [
      ...commands,
      "backup delete",
      "backup download",
      "hooks get",
      "version",
    ]) {
      const { code, stdout } = await ark.run(...command.split(" "), "--help");
      assert.equal(code, 0);
      assert.match(stdout, /Examples:/, command);
      assert.ok(stdout.includes(`kubectl ark ${command}`), command);
      const widest = Math.max(...stdout.split("\n").map((line) => line.length));
      assert.ok(widest <= 80, `${command}: ${widest} columns`);
    }
  });

  test("without words, ten lines say what to do first, with commands that exist", async () => {
    const { code, stdout, stderr } = await ark.run();
    assert.deepEqual([code, stderr], [0, ""]);
    assert.ok(stdout.trimEnd().split("\n").length <= 10);
    assert.ok(stdout.split("\n").every((line) => line.length <= 80));
    const commands = [...stdout.matchAll(/^ {2}kubectl ark ([a-z]+(?: [a-z]+\b(?!\/))?)/gm)];
    assert.ok(commands.length >= 6);
    for (const [, command = ""] of commands) {
      const help = await ark.run(...command.split(" "), "--help");
      assert.equal(help.code, 0, command);
      assert.match(help.stdout, new RegExp(`^kubectl ark ${command}\\b`), command);
    }
  });

  test("an error shows its origin only with -v", async () => {
    const plain = await ark.run("backup", "describe", "absent");
    assert.match(plain.stderr, /^error: there is no backup "absent"/);
    assert.doesNotMatch(plain.stderr, / at /);
    assert.match((await ark.run("backup", "describe", "absent", "-v")).stderr, / at /);
  });

  test("version is printed plainly and for programs", async () => {
    assert.match((await ark.run("version")).stdout, /^kubectl-ark v\d+\.\d+\.\d+/);
    const { stdout } = await ark.run("version", "-o", "json");
    assert.match(String(JSON.parse(stdout).clientVersion.version), /^\d+\.\d+\.\d+/);
  });
});
