import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { before, test } from "node:test";
import { installArk } from "./support/cli.ts";
import { useNamespace } from "./support/cluster.ts";
import { aConfigMap, aPod, hookAnnotations } from "./support/manifests.ts";

const namespace = await useNamespace("names");
const ark = await installArk();
const inside = ["-n", namespace.name];

before(async () => {
  const annotations = hookAnnotations({ pre: ["sleep", "1"], post: ["true"] });
  await namespace.apply(aConfigMap("settings"), aPod("app", { annotations }));
  await namespace.podsReady();
});

test("backups without a name that start in one second are all taken", async () => {
  const words = ["backup", ...inside, "-o", "name"];
  const ends = await Promise.all([1, 2, 3].map(() => ark.run(words)));
  assert.deepEqual(
    ends.map(({ exitCode }) => exitCode),
    [0, 0, 0],
    ends.map(({ stderr }) => stderr).join(""),
  );
  assert.equal(new Set(ends.map(({ stdout }) => stdout)).size, 3);
});

test("of two backups of one name that start at once one is refused before its hooks run", async () => {
  const ends = await Promise.all([1, 2].map(() => ark.run(["backup", "one", ...inside])));
  const refused = ends.find(({ exitCode }) => exitCode === 1);
  assert.deepEqual(new Set(ends.map(({ exitCode }) => exitCode)), new Set([0, 1]));
  assert.match(refused?.stderr ?? "", /another process is writing a backup of this name: one/);
  assert.doesNotMatch(refused?.stderr ?? "", /pre hook/);
});

test("a selector that matches nothing makes the backup Failed", async () => {
  for (const [name, ...filter] of [
    ["typo", "-l", "app=nothing"],
    ["nodes", "--include-resources=nodes"],
  ] as const) {
    const { exitCode, stdout } = await ark.run(["backup", name, ...inside, ...filter]);
    assert.equal(exitCode, 1, stdout);
    assert.match(stdout, /^Backup \w+ Failed: 0 objects/);
    assert.match(stdout, /^error: nothing matches what was asked for/m);
  }
});

test("a store where no directory can be made is an error at once", async (context) => {
  if (!existsSync("/proc/self")) return context.skip("needs /proc");
  const { exitCode, stderr } = await ark.run(["backup", "x", ...inside, "--store=/proc/x"]);
  assert.equal(exitCode, 1);
  assert.match(stderr, /^error: \/proc\/x.*none can be made$/m);
});
