import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { test } from "node:test";

const root = resolve(import.meta.dirname, "../..");
const documents = [
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  ...globSync("docs/*.md", { cwd: root }),
];

/** The anchors that a Markdown file's headings have on GitHub. */
function anchorsOf(text: string): string[] {
  const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} -]/gu, "")
      .replaceAll(" ", "-"),
  );
}

for (const document of documents) {
  test(`every link of ${document} within the project leads somewhere`, () => {
    const text = readFileSync(resolve(root, document), "utf8");
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target);
    for (const link of links.filter((target) => !/^https?:/.test(target))) {
      const [path = "", anchor] = link.split("#");
      const file = path === "" ? resolve(root, document) : resolve(root, dirname(document), path);
      assert.ok(existsSync(file), link);
      if (anchor === undefined) continue;
      assert.ok(anchorsOf(readFileSync(file, "utf8")).includes(anchor), link);
    }
  });
}

test("docs/archive-format.md names every reason of a hook's outcome that there is", () => {
  const source = readFileSync(resolve(root, "src/hooks/hook.ts"), "utf8");
  const reasons = /export type HookReason =([^;]*);/.exec(source)?.[1]?.match(/\w+/g) ?? [];
  assert.ok(reasons.length > 5);
  const format = readFileSync(resolve(root, "docs/archive-format.md"), "utf8");
  for (const reason of reasons) assert.ok(format.includes(`\`${reason}\``), reason);
});
