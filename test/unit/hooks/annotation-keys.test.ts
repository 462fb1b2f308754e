import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { unknownHookKeys } from "../../../src/hooks/annotation-keys.ts";

describe("unknownHookKeys", () => {
  it("passes over every key of a hook and over annotations of others", () => {
    const prefixes = ["pre.", "post.", ""];
    const families = ["hook.backup.ark.heptio.com", "hook.backup.velero.io"];
    const names = ["container", "command", "on-error", "timeout"];
    const known = families.flatMap((family) => [
      `${family}/order`,
      ...prefixes.flatMap((prefix) => names.map((name) => `${prefix}${family}/${name}`)),
    ]);
    const others = [
      "backup.velero.io/backup-volumes",
      "post.hook.restore.velero.io/command",
      "app",
    ];
    const annotations = Object.fromEntries([...known, ...others].map((key) => [key, "x"]));
    assert.deepEqual(unknownHookKeys(annotations), []);
  });

  const typos: readonly [key: string, meant: string][] = [
    ["pre.hook.backup.ark.heptio.com/comand", "pre.hook.backup.ark.heptio.com/command"],
    ["pre.hook.backup.velero.io/onerror", "pre.hook.backup.velero.io/on-error"],
    ["prehook.backup.velero.io/command", "pre.hook.backup.velero.io/command"],
    ["Post.hook.backup.velero.io/command", "post.hook.backup.velero.io/command"],
  ];
  for (const [key, meant] of typos) {
    it(`suggests ${meant} for ${key}`, () => {
      const [warning = "", ...more] = unknownHookKeys({ [key]: "x" });
      assert.deepEqual(more, []);
      assert.ok(
        warning.startsWith(`annotation ${key} is not one of a hook; did you mean ${meant}`),
      );
    });
  }
});
