import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { allRules } from "../../../../src/hooks/check/rules.ts";

suite("the rules in the documentation", () => {
  const text = readFileSync(join(import.meta.dirname, "../../../../docs/hooks.md"), "utf8");

  test("are those of the program, in their order, with their severity and meaning", () => {
    const section = /\n## Checking hooks\n(.*?)\n## /s.exec(text)?.[1] ?? "";
    const rows = [...section.matchAll(/^\| `([\w-]+)` \| (\w+) \| (.*) \|$/gm)];
    assert.deepEqual(
      rows.map(([, id, severity, meaning]) => ({
        id,
        severity,
        meaning: meaning?.replaceAll("\\|", "|"),
      })),
      allRules.map(({ id, severity, meaning }) => ({ id, severity, meaning })),
    );
  });

  test("have names that are unique and made for scripts", () => {
    const ids = allRules.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    for (const id of ids) assert.match(id, /^[a-z]+(-[a-z]+)*$/);
  });
});
