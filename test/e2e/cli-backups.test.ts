import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { load } from "js-yaml";
import { storeEntries } from "./support/archive.ts";
import { installArk } from "./support/cli.ts";
import { useNamespace } from "./support/cluster.ts";
import { aConfigMap, aPod, hookAnnotations } from "./support/manifests.ts";
import type { Ran } from "./support/process.ts";

const namespace = await useNamespace("cli");
const ark = await installArk();
const inside = ["-n", namespace.name];
let first: Ran;

before(async () => {
  const annotations = hookAnnotations({ pre: ["echo", "hello"] });
  await namespace.apply(aConfigMap("settings"), aPod("app", { annotations }));
  await namespace.podsReady();
  first = await ark.run(["backup", "first", ...inside, "--labels", "tier=gold"]);
  await ark.run(["backup", "create", "second", ...inside, "--hooks=false"]);
});

test("backup puts the outcome on stdout and the progress on stderr", () => {
  assert.equal(first.exitCode, 0);
  assert.match(first.stdout, /^Backup first Completed: .*\nStored in file:.*describe first\n$/);
  assert.match(first.stderr, /^Backing up .*\npre hook .*: echo hello: succeeded in .*\n$/);
});

test("backup -o json, yaml and name", async () => {
  const json = await ark.run(["backup", "as-json", ...inside, "-o", "json"]);
  assert.partialDeepStrictEqual(JSON.parse(json.stdout), { phase: "Completed", backup: "as-json" });
  const yaml = await ark.run(["backup", "as-yaml", ...inside, "-o", "yaml"]);
  assert.partialDeepStrictEqual(load(yaml.stdout), { backup: "as-yaml" });
  const name = await ark.run(["backup", "as-name", ...inside, "-o", "name"]);
  assert.equal(name.stdout, "backup.velero.io/as-name\n");
  const names = ["as-json", "as-yaml", "as-name"];
  const { exitCode } = await ark.run(["backup", "delete", ...names, "--confirm"]);
  assert.equal(exitCode, 0);
});

test("get lists them, by either name of the command, as a table and as objects", async () => {
  const { stdout } = await ark.run(["backup", "get"]);
  const [header, ...rows] = stdout.trimEnd().split("\n");
  assert.match(header ?? "", /^NAME +STATUS +ERRORS +WARNINGS +CREATED +EXPIRES +SELECTOR$/);
  assert.deepEqual(
    rows.map((row) => row.split(/ +/).slice(0, 2)),
    [
      ["first", "Completed"],
      ["second", "Completed"],
    ],
  );
  assert.equal((await ark.run(["get", "backups"])).stdout, stdout);
  const names = await ark.run(["get", "backups", "-o", "name"]);
  assert.equal(names.stdout, "backup.velero.io/first\nbackup.velero.io/second\n");
  const gold = await ark.run(["backup", "get", "-l", "tier=gold", "--no-headers"]);
  assert.match(gold.stdout, /^first .*\n$/);
  const one = await ark.run(["backup", "get", "first", "-o", "json"]);
  assert.partialDeepStrictEqual(JSON.parse(one.stdout), { kind: "Backup" });
  const list = await ark.run(["backup", "get", "-o", "yaml"]);
  const items = ["first", "second"].map((name) => ({ metadata: { name } }));
  assert.partialDeepStrictEqual(load(list.stdout), { kind: "List", items });
});

test("describe as yaml says the same as in json", async () => {
  const [json, yaml] = await Promise.all([
    ark.run(["backup", "describe", "first", "-o", "json"]),
    ark.run(["backup", "describe", "first", "-o", "yaml"]),
  ]);
  assert.deepEqual(load(yaml.stdout), JSON.parse(json.stdout));
});

test("logs prints the log, and a reader that has enough is no error", async () => {
  const { exitCode, stdout } = await ark.run(["backup", "logs", "first"]);
  assert.equal(exitCode, 0);
  assert.match(stdout, /^time="\S+" level=info msg=/);
  assert.match(stdout, /level=info msg="stdout: hello\\n"/);
});

test("download copies the archive, and not over a file without --force", async () => {
  const target = join(ark.directory, "copy.tar.gz");
  const words = ["backup", "download", "first", "-o", "copy.tar.gz"];
  assert.equal((await ark.run(words)).exitCode, 0);
  const stored = await readFile(join(ark.backupDirectory("first"), "first.tar.gz"));
  assert.ok((await readFile(target)).equals(stored));
  assert.equal((await stat(target)).mode & 0o777, 0o600);
  const again = await ark.run(words);
  assert.equal(again.exitCode, 2);
  assert.match(again.stderr, /^hint: Use --force to overwrite it\.$/m);
  await writeFile(target, "");
  assert.equal((await ark.run([...words, "--force"])).exitCode, 0);
  assert.ok((await readFile(target)).equals(stored));
});

test("a name that is taken, and one that is not there, are errors that say what to do", async () => {
  const taken = await ark.run(["backup", "first", ...inside]);
  assert.equal(taken.exitCode, 1);
  assert.match(taken.stderr, /a backup named first already exists/);
  for (const command of ["describe", "logs", "download", "delete"]) {
    const { exitCode, stdout, stderr } = await ark.run(["backup", command, "frist"]);
    assert.deepEqual([exitCode, stdout], [1, ""], command);
    assert.match(stderr, /there is no backup "frist" .*; did you mean first\?/, command);
  }
});

test("delete wants a confirmation, and then leaves nothing behind", async () => {
  const unsure = await ark.run(["backup", "delete", "second"]);
  assert.equal(unsure.exitCode, 2);
  assert.match(unsure.stderr, /^hint: Add --confirm/m);
  const { exitCode, stdout } = await ark.run(["backup", "delete", "second", "--confirm"]);
  assert.deepEqual([exitCode, stdout], [0, 'backup "second" deleted\n']);
  assert.deepEqual(await storeEntries(ark), ["first"]);
});

const helps = [
  "",
  "backup",
  "backup create",
  "backup get",
  "backup describe",
  "backup logs",
  "backup download",
  "backup delete",
  "get backups",
  "hooks",
  "hooks set",
  "hooks get",
  "hooks unset",
  "version",
];

for (const command of helps) {
  test(`help of "${command}" speaks of kubectl ark, in 80 columns`, async () => {
    const { exitCode, stdout, stderr } = await ark.run(
      [...command.split(" "), "--help"].filter((word) => word !== ""),
    );
    assert.deepEqual([exitCode, stderr], [0, ""]);
    assert.match(stdout, /kubectl ark /);
    assert.doesNotMatch(stdout, /kubectl-ark /);
    const tooLong = stdout.split("\n").filter((line) => line.length > 80);
    assert.deepEqual(tooLong, []);
  });
}

test("nothing in a pipe has control characters", async () => {
  const outputs = await Promise.all([
    ark.run(["backup", "describe", "first", "--details"]),
    ark.run(["backup", "get", "-o", "wide"]),
    ark.run(["backup", "logs", "first"]),
    ark.run(["hooks", "get", ...inside]),
  ]);
  for (const { stdout, stderr } of [first, ...outputs]) {
    assert.notEqual(stdout, "");
    // oxlint-disable-next-line no-control-regex -- control characters are what this is about
    assert.doesNotMatch(stdout + stderr, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  }
});

test("the executable runs wherever it is put, also below a package.json of modules", async () => {
  for (const type of ["module", "commonjs"]) {
    await writeFile(join(ark.directory, "bin/package.json"), JSON.stringify({ type }));
    const { exitCode, stdout, stderr } = await ark.run(["version"]);
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /^kubectl-ark v\d+\.\d+\.\d+/);
  }
});
