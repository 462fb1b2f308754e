import { writeFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { build, type Metafile } from "esbuild";
import { joinChunks } from "./join-chunks.ts";

const root = resolve(import.meta.dirname, "..");

/** Stand-ins for what takes long to load and does more than yargs needs of it; each says why. */
const alias = {
  assert: "./scripts/stand-ins/assert.ts",
  "escalade/sync": "./scripts/stand-ins/escalade-sync.ts",
  "string-width": "./scripts/stand-ins/string-width.cjs",
};

export type BundleRequest = {
  /** Where the bundle is written, relative to the current directory. */
  readonly outfile: string;
  /** What is bundled, relative to the project's root; the program by default. */
  readonly entry?: string;
  /** For a file that Node runs, not for one that an executable embeds. True by default. */
  readonly isScript?: boolean;
};

/**
 * Writes the program as one CommonJS file that any Node from 22.19 on runs without node_modules, and that the
 * executables embed. CommonJS starts a quarter quicker than ESM; what a command does not need is not even compiled.
 * The bytes depend on the sources and node_modules only: no time, no path of this machine.
 * @returns esbuild's account of what went in; its paths are relative to the project's root.
 */
export async function bundle(request: BundleRequest): Promise<Metafile> {
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: { main: request.entry ?? "src/main.ts" },
    outdir: root,
    write: false,
    bundle: true,
    metafile: true,
    platform: "node",
    target: "node22",
    format: "esm",
    splitting: true,
    minify: true,
    // Names of classes and functions stand in error messages and stacks.
    keepNames: true,
    // The licences of what is bundled are gathered by the release, whole, in a file beside the program.
    legalComments: "none",
    alias,
    // yargs asks where it is; a CommonJS file has no import.meta.
    define: { "import.meta.url": "__importMetaUrl" },
    logLevel: "warning",
  });
  const chunks = outputFiles.map(({ path, text }) => ({ name: basename(path), code: text }));
  const program = await joinChunks(chunks, "main.js", ["__importMetaUrl"]);
  await writeFile(request.outfile, `${banner(request.isScript ?? true)}\n${program}`);
  return metafile;
}

/**
 * The file must run wherever it is put: below a package.json that says "module" Node takes it for one, which has no
 * require, module and __filename. Sloppy `var`s make these in either case. An executable has its own, and its `require`
 * knows Node's modules only: nothing that lies beside it is loaded.
 */
function banner(isScript: boolean): string {
  const globals = [
    "#!/usr/bin/env node",
    "var module={exports:{}},exports=module.exports,__filename=process.argv[1];",
    'var require=process.getBuiltinModule("node:module").createRequire(__filename);',
  ];
  return [
    ...(isScript ? globals : []),
    'var __importMetaUrl=require("node:url").pathToFileURL(__filename).href;',
  ].join("\n");
}
