import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { type Chunk, joinChunks } from "../../../scripts/join-chunks.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

type Run = { readonly home?: string; readonly env?: Readonly<Record<string, string>> };

/** Writes the joined program as a build does and runs it in a process of its own, with a home of its own. */
async function run(chunks: readonly Chunk[], { home = temporaryDirectory(), env = {} }: Run = {}) {
  const file = join(home, "program.cjs");
  fs.writeFileSync(file, `var answer=42;\n${await joinChunks(chunks, "main.js", ["answer"])}`);
  const { stdout, stderr, status } = spawnSync(process.execPath, [file], {
    encoding: "utf8",
    env: { HOME: home, ...env },
  });
  return { stdout, stderr, status, home };
}

const cacheOf = (home: string): string => join(home, ".cache", "kubectl-ark", "compiled");

suite("chunks in one file", () => {
  test("import each other, Node's modules and the file's globals", async () => {
    const { stdout, stderr } = await run([
      {
        name: "main.js",
        code: 'import {half} from "./a.js"; import {basename} from "node:path"; console.log(half(answer), basename("/x/y"));',
      },
      { name: "a.js", code: "export function half(n) { return n / 2; }" },
    ]);
    assert.deepEqual([stdout, stderr], ["21 y\n", ""]);
  });

  test("run once, however often they are imported", async () => {
    const { stdout } = await run([
      {
        name: "main.js",
        code: 'import "./a.js"; import "./b.js"; import("./a.js").then(() => 0);',
      },
      { name: "a.js", code: 'console.log("a");' },
      { name: "b.js", code: 'import "./a.js"; console.log("b");' },
    ]);
    assert.equal(stdout, "a\nb\n");
  });

  test("hold whatever code holds: ends of comments, quotes, line breaks, template strings", async () => {
    const texts = ["*/", "/*", "\n\r\u2028", "`${x}`", "\\", '"', "日本", "$&"];
    const code = `console.log(JSON.stringify(${JSON.stringify(texts)})); /* a comment */ console.log(/a*/.test(""));`;
    const { stdout } = await run([{ name: "main.js", code }]);
    const [first = "", second] = stdout.split("\n");
    assert.deepEqual([JSON.parse(first), second], [texts, "true"]);
  });

  test("say in a stack trace which of them it was, and the exit code is as always", async () => {
    const { stderr, status } = await run([
      { name: "main.js", code: 'import "./a.js";' },
      { name: "a.js", code: 'function fail() { throw new Error("no"); } fail();' },
    ]);
    assert.match(stderr, /Error: no\n.* at .*kubectl-ark\/a\.js:/);
    assert.equal(status, 1);
  });

  test("are refused when the entry is missing, or one holds what stands for the end of a comment", async () => {
    await assert.rejects(joinChunks([], "main.js", []), /there is no chunk main\.js/);
    const code = 'console.log("*@/");';
    await assert.rejects(joinChunks([{ name: "main.js", code }], "main.js", []), /stands for/);
  });
});

const program = (text: string): Chunk[] => [
  { name: "main.js", code: `import {say} from "./a.js"; say();` },
  { name: "a.js", code: `export function say() { console.log("${text}"); }` },
];

suite("what V8 compiled", () => {
  test("is kept for the next run, and written only when there is something new", async () => {
    const { home } = await run(program("one"));
    const { ino } = fs.statSync(cacheOf(home));
    assert.equal((await run(program("one"), { home })).stdout, "one\n");
    assert.equal(fs.statSync(cacheOf(home)).ino, ino);
  });

  test("is never run for another program of the same length, which V8 itself would do", async () => {
    const { home } = await run(program("one"));
    assert.equal((await run(program("two"), { home })).stdout, "two\n");
  });

  test("is kept where XDG_CACHE_HOME says, unless that is a relative path", async () => {
    const elsewhere = temporaryDirectory();
    await run(program("one"), { env: { XDG_CACHE_HOME: elsewhere } });
    assert.deepEqual(fs.readdirSync(elsewhere), ["kubectl-ark"]);
    const { home } = await run(program("one"), { env: { XDG_CACHE_HOME: "relative" } });
    assert.ok(fs.existsSync(cacheOf(home)));
  });

  test("is not kept where Node is told so, or where the home cannot be written", async () => {
    const { home } = await run(program("one"), { env: { NODE_DISABLE_COMPILE_CACHE: "1" } });
    assert.ok(!fs.existsSync(join(home, ".cache")));
    const { stdout, stderr, status } = await run(program("one"), { env: { HOME: "/proc/self" } });
    assert.deepEqual([stdout, stderr, status], ["one\n", "", 0]);
  });
});
