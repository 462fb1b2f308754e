import assert from "node:assert/strict";
import { before, test } from "node:test";
import { installArk } from "./support/cli.ts";
import { kubectl, useNamespace } from "./support/cluster.ts";
import { aConfigMap, aPod, hookAnnotations } from "./support/manifests.ts";
import { beforeTheEnd } from "./support/process.ts";

const namespace = await useNamespace("lost");
const ark = await installArk();
const inside = ["-n", namespace.name];

before(async () => {
  const hooks = { pre: ["sh", "-c", "touch /tmp/begun; sleep 60"], post: ["true"] };
  const settings = { "pre.timeout": "100s" };
  const annotations = hookAnnotations({ ...hooks, settings });
  await namespace.apply(aConfigMap("bystander"), aPod("doomed", { annotations }));
  await namespace.podsReady();
});

test("a pod that is gone in the middle of its hook is an error, never a success", async () => {
  const backup = ark.start(["backup", "create", "lost", ...inside]);
  await beforeTheEnd(backup, namespace.fileExists("doomed", "main", "/tmp/begun"));
  await kubectl(["delete", "pod", "doomed", "--grace-period=0", "--force", ...inside]);
  const { exitCode, stdout } = await backup.ended;
  assert.equal(exitCode, 3, stdout);
  const { hooks, items } = await ark.record("lost");
  const [pre] = hooks;
  assert.deepEqual([pre?.phase, pre?.status, pre?.started], ["pre", "failed", true]);
  assert.ok(pre?.exitCode !== 0);
  assert.ok((pre?.durationSeconds ?? 60) < 50, "it did not wait for the time-out");
  assert.equal(hooks.find(({ phase }) => phase === "post")?.status, "failed");
  assert.equal(items.byResource["pods"], undefined);
});
