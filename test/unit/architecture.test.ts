import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { before, describe, it } from "node:test";
import { allowedImports, forbiddenImports } from "../support/architecture-seeds.ts";
import { temporaryDirectory } from "../support/temporary-directory.ts";

const root = join(import.meta.dirname, "../..");
const oxlint = join(root, "node_modules/.bin/oxlint");

type Diagnostic = {
  readonly code: string;
  readonly filename: string;
  readonly labels: readonly { readonly span: { readonly line: number } }[];
};
type Seed = { readonly path: string; readonly text: string };

/** Lints files of the given paths and texts under the rules of this repository. @returns "path:line rule" of each finding */
async function lint(seeds: readonly Seed[]): Promise<string[]> {
  const directory = temporaryDirectory();
  cpSync(join(root, ".oxlintrc.json"), join(directory, ".oxlintrc.json"));
  for (const { path, text } of seeds) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  const { promise, resolve } = Promise.withResolvers<string>();
  execFile(oxlint, ["--format", "json", "src"], { cwd: directory }, (_error, stdout) =>
    resolve(stdout),
  );
  const { diagnostics }: { diagnostics: readonly Diagnostic[] } = JSON.parse(await promise);
  return diagnostics.map(({ code, filename, labels }) => {
    const rule = /\((.*)\)/.exec(code)?.[1] ?? code;
    return `${filename}:${labels[0]?.span.line ?? 0} ${rule}`;
  });
}

/** Lines that import, one for each specifier. */
const importing = (specifiers: readonly string[]): string =>
  specifiers
    .map((specifier, index) => `import { a${index} } from "${specifier}"; a${index}();\n`)
    .join("");

const nested = (depth: number): string =>
  `export function f(a) { ${"if (a) {".repeat(depth)} a(); ${"}".repeat(depth)} }\n`;
const globals = [
  "process.exit()",
  "console.log()",
  "setTimeout(() => {}, 1)",
  "setInterval(() => {}, 1)",
  "setImmediate(() => {})",
  "performance.now()",
  'fetch("https://example.com")',
];

const lines = (count: number): string => `${"// a line\n".repeat(count - 1)}export const a = 1;\n`;
const cycle = (other: string): string =>
  `import { f as g } from "./${other}.ts";\nexport const f = () => g();\n`;

/** A file, its text, and the one rule that has something against it. */
const style: readonly (Seed & { readonly rule: string | undefined })[] = [
  { path: "src/lib/long.ts", text: lines(251), rule: "max-lines" },
  { path: "src/lib/not-long.ts", text: lines(250), rule: undefined },
  {
    path: "src/lib/long-function.ts",
    text: `export function f(g) {\n${"  g();\n".repeat(50)}}\n`,
    rule: "max-lines-per-function",
  },
  {
    path: "src/lib/wide.ts",
    text: "export function f(a, b, c, d, e) { return [a, b, c, d, e]; }\n",
    rule: "max-params",
  },
  { path: "src/lib/deep.ts", text: nested(4), rule: "max-depth" },
  { path: "src/lib/not-deep.ts", text: nested(3), rule: undefined },
  { path: "src/lib/any.ts", text: "export const a: any = 1;\n", rule: "no-explicit-any" },
  { path: "src/lib/one.ts", text: cycle("two"), rule: "no-cycle" },
  { path: "src/lib/two.ts", text: cycle("one"), rule: "no-cycle" },
];

const withoutGlobals = [
  "api",
  "archive",
  "backup",
  "backup/actions",
  "hooks",
  "lib",
  "cluster",
  "journal",
  "store",
];

describe("the rules of the architecture bite", () => {
  const globalsText = `${globals.join(";\n")};\nDate.now();\nexport {};\n`;
  let found = new Set<string>();

  before(async () => {
    const rows = Object.entries({ ...forbiddenImports, ...allowedImports });
    found = new Set(
      await lint([
        ...rows.map(([file, specifiers]) => ({ path: `src/${file}`, text: importing(specifiers) })),
        ...style,
        ...[...withoutGlobals, "cli", "cluster/kubernetes", "journal/directory"].map((folder) => ({
          path: `src/${folder}/globals.ts`,
          text: globalsText,
        })),
      ]),
    );
  });

  for (const [file, specifiers] of Object.entries(forbiddenImports)) {
    for (const [index, specifier] of specifiers.entries()) {
      it(`${file} must not import ${specifier}`, () => {
        assert.ok(found.has(`src/${file}:${index + 1} no-restricted-imports`));
      });
    }
  }

  for (const [file, specifiers] of Object.entries(allowedImports)) {
    it(`${file} may import ${specifiers.join(", ")}`, () => {
      const refused = [...found].filter((finding) => finding.startsWith(`src/${file}:`));
      assert.deepEqual(refused, []);
    });
  }

  for (const { path, rule } of style) {
    it(`${path} has ${rule ?? "nothing"} against it`, () => {
      const findings = [...found].filter((finding) => finding.startsWith(`${path}:`));
      const rules = findings.map((finding) => finding.split(" ")[1]);
      assert.deepEqual(rules, rule === undefined ? [] : [rule]);
    });
  }

  for (const folder of withoutGlobals) {
    for (const [index, statement] of [...globals, "Date.now()"].entries()) {
      it(`${folder} must not call ${statement}`, () => {
        const rule =
          statement === "Date.now()" ? "no-restricted-properties" : "no-restricted-globals";
        assert.ok(found.has(`src/${folder}/globals.ts:${index + 1} ${rule}`));
      });
    }
  }

  for (const folder of ["cli", "cluster/kubernetes", "journal/directory"]) {
    it(`${folder} may call them`, () => {
      const start = `src/${folder}/globals.ts:`;
      assert.deepEqual(
        [...found].filter((finding) => finding.startsWith(start) && finding.includes("restricted")),
        [],
      );
    });
  }
});

describe("what no lint rule sees", () => {
  const domain = globSync("src/{api,archive,backup,hooks,lib,restore,volumes}/**/*.ts", {
    cwd: root,
  });
  const ports = globSync("src/{cluster,journal,store}/*.ts", { cwd: root });
  const files = [...domain, ...ports]
    .filter((path) => !path.includes("lib/system-"))
    .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));

  for (const [what, pattern] of [
    ["reads the wall clock with new Date()", /\bnew Date\(\s*\)/],
    ["imports at run time, past the rules on imports", /\bimport\(|\brequire\(|\bcreateRequire\b/],
    ["reaches for a global by another way", /\bglobalThis\b/],
  ] as const) {
    it(`no file of the domain ${what}`, () => {
      assert.ok(files.length > 60);
      assert.deepEqual(
        files.filter(({ text }) => pattern.test(text)).map(({ path }) => path),
        [],
      );
    });
  }

  it("run-backup.ts is a table of contents: under 60 lines", () => {
    const text = readFileSync(join(root, "src/backup/run-backup.ts"), "utf8");
    assert.ok(text.split("\n").length < 60);
  });
});
