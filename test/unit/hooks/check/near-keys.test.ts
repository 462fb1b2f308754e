import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import {
  isNearHookKey,
  likelyKey,
  mentionsAnyHook,
} from "../../../../src/hooks/check/near-keys.ts";
import { KNOWN_KEYS } from "../../../../src/hooks/key-sets.ts";

const ARK = "hook.backup.ark.heptio.com";
const VELERO = "hook.backup.velero.io";

suite("annotations that look like a hook's", () => {
  for (const [key, meant] of [
    [`pre.hooks.backup.ark.heptio.com/command`, `pre.${ARK}/command`],
    [`post.hook.backup.ark.heptio.com/comand`, `post.${ARK}/command`],
    [`pre.${ARK}/onError`, `pre.${ARK}/on-error`],
    [`pre.${ARK}/order`, `${ARK}/order`],
    [`pre.${VELERO}/time-out`, `pre.${VELERO}/timeout`],
    [`Pre.Hook.Backup.Velero.io/Container`, `pre.${VELERO}/container`],
    ["hook.backup.ark.io/command", `pre.${ARK}/command`],
    ["post.hook.backup.ark.io/timeout", `post.${ARK}/timeout`],
    ["backup.velero.io/pre-hook", `pre.${VELERO}/command`],
    ["backup.velero.io/post-hook-command", `post.${VELERO}/command`],
    ["backup.velero.io/pre-hook-timeout", `pre.${VELERO}/timeout`],
    ["pre.hook.bakup.velero.io/command", `pre.${VELERO}/command`],
    ["post.hok.backup.ark.heptio.com/container", `post.${ARK}/container`],
    ["pre.hook.backup.ark.heptio.com", `pre.${ARK}/command`],
  ] as const) {
    test(`${key} was meant as ${meant}`, () => {
      assert.equal(isNearHookKey(key), true);
      assert.equal(likelyKey(key), meant);
    });
  }

  for (const key of [
    "backup.velero.io/backup-volumes",
    "backup.ark.heptio.com/backup-volumes-excludes",
    "post.hook.restore.velero.io/command",
    "init.hook.restore.velero.io/container-image",
    "velero.io/exclude-from-backup",
    "helm.sh/hook",
    "helm.sh/hook-delete-policy",
    "argocd.argoproj.io/hook",
    "k8up.io/backupcommand",
    "spark.apache.org/webhook",
    "park.example.com/hook",
    "example.com/command",
    "kubectl.kubernetes.io/default-container",
    "command",
    "",
    "/",
  ]) {
    test(`"${key}" is none`, () => {
      assert.equal(mentionsAnyHook({ [key]: "x" }), false);
    });
  }

  test("what is known is never near, and what is likely is always known", () => {
    for (const key of KNOWN_KEYS) assert.equal(isNearHookKey(key), false);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom(...KNOWN_KEYS)), fc.string(), (a, b) => {
        assert.ok(KNOWN_KEYS.has(likelyKey(a + b)));
      }),
    );
  });
});
