import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { storeEntries } from "./support/archive.ts";
import { installArk } from "./support/cli.ts";
import { useNamespace } from "./support/cluster.ts";
import { aPod, hookAnnotations } from "./support/manifests.ts";

const namespace = await useNamespace("usage");
const ark = await installArk();
const inside = ["-n", namespace.name];

before(async () => {
  // The hook leaves a trace: none of what follows may run it.
  const annotations = hookAnnotations({ pre: ["touch", "/tmp/ran"] });
  await namespace.apply(aPod("app", { annotations }));
  await namespace.podsReady();
  const document = { apiVersion: "velero.io/v1", kind: "Backup", spec: { ttl: "a month" } };
  await writeFile(join(ark.directory, "bad-ttl.json"), JSON.stringify(document));
  await writeFile(join(ark.directory, "other.yaml"), "kind: Pod\napiVersion: v1\n");
});

const mistakes: readonly (readonly [words: string[], says: RegExp])[] = [
  [["bakcup"], /[Dd]id you mean backup\?/],
  [["backup", "creat"], /"creat" looks like a command; did you mean backup create\?/],
  [["backup", "lsit"], /did you mean backup get\?/],
  [["hooks", "st", "pod/app"], /[Dd]id you mean set\?/],
  [["hooks"], /Say what to do with hooks: set, get, .*thaw/],
  [["backup", ...inside, "--includ-resources=pods"], /--include-resources/],
  [["backup", "describe"], /^error: NAME is missing: kubectl ark backup describe <name\.\.>$/m],
  [["delete", "backup", "x"], /did you mean kubectl ark backup delete x\?/],
  [["backup", ...inside, "--parallelism=0"], /--parallelism takes a whole number from 1 to 64/],
  [["backup", ...inside, "--ttl=30d"], /ttl/],
  [["backup", ...inside, "-o", "xml"], /Choices: "json", "yaml", "name"/],
  [["backup", ...inside, "-l", "a=b=c"], /a=b=c/],
  [["backup", ...inside, "--include-namespaces=a"], /-n and --include-namespaces cannot be used/],
  [["backup", "../escape", ...inside], /\.\.\/escape/],
  [["backup", "Upper", ...inside], /Upper/],
  [["backup", "-n", `${namespace.name}x`], new RegExp(`did you mean ${namespace.name}\\?`)],
  [["backup", "-n", ""], /--namespace is empty|Not enough arguments following: n/],
  [["backup", "--exclude-namespaces=kube-sytem"], /did you mean kube-system\?/],
  [
    ["backup", ...inside, "--include-resources=podz"],
    /"podz" matches nothing .*did you mean pods\?/,
  ],
  [["backup", ...inside, "--exclude-resources=secrts"], /"secrts" .*did you mean secrets\?/],
  [["backup", "-f", "absent.yaml"], /cannot read absent\.yaml/],
  [["backup", "-f", "bad-ttl.json"], /spec\.ttl/],
  [["backup", "-f", "other.yaml"], /kind/],
  [["backup", "-f", "-"], /standard input/],
  [["hooks", "set", ...inside, "pod/app", "--pre", ""], /--pre: the command is empty/],
  [["hooks", "set", ...inside, "pod/app", "--pre", "[blarg"], /--pre begins with "\["/],
  [["hooks", "set", ...inside, "pod/app", "--pre", "x", "--timeout", "5"], /Write 5s for seconds/],
  [
    ["hooks", "set", ...inside, "pod/app", "--pre", "x", "--on-error", "fail"],
    /neither Fail nor Continue/,
  ],
  [["hooks", "set", ...inside, "pdo/app", "--pre", "x"], /"pdo"; did you mean .*pod\?/],
];

for (const [words, says] of mistakes) {
  test(`"${words.join(" ")}" is a mistake that is explained: exit 2`, async () => {
    const { exitCode, stdout, stderr } = await ark.run(words);
    assert.equal(exitCode, 2, stdout + stderr);
    assert.equal(stdout, "");
    assert.match(stderr, /^error: /m);
    assert.match(stderr, says);
    assert.doesNotMatch(stderr, /^ +at /m, "no stack");
  });
}

test("hooks set checks the container before it writes", async () => {
  const words = ["hooks", "set", ...inside, "pod/app", "--pre", "true", "-c", "mian"];
  const { exitCode, stderr } = await ark.run(words);
  assert.notEqual(exitCode, 0);
  assert.match(stderr, /mian.*main/);
});

test("--dry-run shows the hooks that would run, and does nothing", async () => {
  const { exitCode, stdout } = await ark.run(["backup", "dry", ...inside, "--dry-run"]);
  assert.equal(exitCode, 0);
  assert.match(
    stdout,
    new RegExp(`^1 +${namespace.name}/app +pre +main +touch /tmp/ran +Fail`, "m"),
  );
  assert.match(stdout, /^Nothing was run or stored \(dry run\)/m);
  const json = await ark.run(["backup", "dry", ...inside, "--dry-run", "-o", "json"]);
  assert.partialDeepStrictEqual(JSON.parse(json.stdout), { blocks: [{ pods: [{ name: "app" }] }] });
});

// Stands last: it looks back on all of the above.
test("none of this ran a hook or stored anything", async () => {
  await namespace.exec("app", "main", ["test", "!", "-e", "/tmp/ran"]);
  assert.deepEqual(await storeEntries(ark), []);
});
