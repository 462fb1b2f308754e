import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { build, transform } from "esbuild";

/** A file of esbuild's output: "main.js", "chunk-ABC.js". */
export type Chunk = { readonly name: string; readonly code: string };

const root = resolve(import.meta.dirname, "..");
const before = "function(){/*";
const after = "*/}";
/** Stands for the end of a comment inside one. */
const endMark = "*@/";

/**
 * One CommonJS file out of ES modules that import each other as "./NAME". They stand in comments and are compiled when they
 * are first imported: V8 reads through every function of a file that it loads, used or not, which for the whole program
 * takes longer than Node's own start. Comments it passes over, three times as quickly as strings.
 * @param entry the name of the chunk that runs first
 * @param globals variables of the file that the chunks see
 * @returns code that needs `require` for Node's own modules, and the globals, in its scope
 */
export async function joinChunks(
  chunks: readonly Chunk[],
  entry: string,
  globals: readonly string[],
): Promise<string> {
  if (!chunks.some(({ name }) => name === entry)) throw new Error(`there is no chunk ${entry}`);
  const ordered = chunks.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const kept: string[] = [];
  for (const { name, code } of ordered) {
    kept.push(`${JSON.stringify(`./${name}`)}:${keep(await toCommonJs(code))}`);
  }
  const texts = kept.join(",\n");
  const program = {
    id: createHash("sha256").update(texts).digest("hex"),
    entry: `./${entry}`,
    before: before.length,
    after: after.length,
    endMark,
  };
  const scope = `globals:{${globals.join(",")}},require,chunks:{\n${texts}\n}`;
  return `${await launcher()}launcher.runChunks({...${JSON.stringify(program)},${scope}});\n`;
}

async function toCommonJs(code: string): Promise<string> {
  const { code: converted } = await transform(code, {
    format: "cjs",
    platform: "node",
    target: "node22",
    minify: true,
    legalComments: "none",
    // import() in compiled text would ask Node for a file.
    supported: { "dynamic-import": false },
  });
  return converted;
}

/** A function that holds the code in a comment, where Function.prototype.toString finds it. */
function keep(code: string): string {
  if (code.includes(endMark)) throw new Error(`the code holds ${endMark}, which stands for */`);
  return `${before}${code.replaceAll("*/", endMark)}${after}`;
}

/** The part that is compiled at every start. */
async function launcher(): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ["scripts/launcher/run-chunks.ts"],
    write: false,
    bundle: true,
    platform: "node",
    target: "node22",
    format: "iife",
    globalName: "launcher",
    minify: true,
    legalComments: "none",
  });
  return outputFiles.map(({ text }) => text).join("");
}
