import assert from "node:assert/strict";
import { before, test } from "node:test";
import { installArk } from "./support/cli.ts";
import { useNamespace } from "./support/cluster.ts";
import { aPod, hookAnnotations } from "./support/manifests.ts";
import { eventually } from "./support/process.ts";

const count = Number(process.env["ARK_E2E_PODS"] ?? 30);
const namespace = await useNamespace("many");
const ark = await installArk();
const names = Array.from({ length: count }, (_, index) => `pod-${index}`);

before(async () => {
  const annotations = hookAnnotations({
    pre: ["touch", "/tmp/frozen", "/tmp/was-frozen"],
    post: ["rm", "/tmp/frozen"],
  });
  await namespace.apply(...names.map((name) => aPod(name, { annotations })));
  await namespace.podsReady();
});

test(`${count} annotated pods, 16 at a time: each is quiesced behind a guard and thawed`, async (t) => {
  const fromMs = performance.now();
  const words = ["backup", "many", "-n", namespace.name, "--parallelism", "16"];
  const { exitCode, stdout, stderr } = await ark.run(words);
  const seconds = ((performance.now() - fromMs) / 1000).toFixed(1);
  assert.equal(exitCode, 0, stdout + stderr);
  const { blocks, hooks } = await ark.record("many");
  const guards = blocks.flatMap((block) => block.guards.map(({ state }) => state));
  assert.deepEqual([...new Set(guards)], ["dismissed"]);
  assert.deepEqual([guards.length, hooks.length], [count, 2 * count]);
  const longest = Math.max(...blocks.map(({ quiescedSeconds = 0 }) => quiescedSeconds));
  t.diagnostic(`${seconds} s for ${count} pods, longest freeze ${longest.toFixed(2)} s`);
  const script = "[ -e /tmp/was-frozen ] && [ ! -e /tmp/frozen ] && echo thawed || echo frozen";
  for (const name of names) {
    // kubectl takes a session whose output got lost for a success.
    const state = await eventually(`the state of ${name}`, async () => {
      const said = await namespace.exec(name, "main", ["sh", "-c", script]);
      return said === "" ? undefined : said;
    });
    assert.equal(state, "thawed\n", name);
  }
});
