import { build } from "esbuild";
import { chmod, mkdir } from "node:fs/promises";

/**
 * `dist/kubectl-ark`: the whole program as one CommonJS file that any Node from 22.19 on runs without node_modules.
 * CommonJS starts a quarter quicker than ESM with parts that are imported lazily.
 */
const output = "dist/kubectl-ark";

await mkdir("dist", { recursive: true });
await build({
  entryPoints: ["src/main.ts"],
  outfile: output,
  bundle: true,
  platform: "node",
  target: "node22",
  format: "cjs",
  minify: true,
  // Names of classes and functions stand in error messages and stacks.
  keepNames: true,
  legalComments: "none",
  alias: { "string-width": "./scripts/terminal-width.cjs" },
  // yargs asks where it is; a CommonJS file has no import.meta.
  define: { "import.meta.url": "__importMetaUrl" },
  // The file must run wherever it is put: below a package.json that says "module" Node takes it for one, which has
  // no require, module and __filename. Sloppy `var`s make these in either case.
  banner: {
    js: [
      "#!/usr/bin/env node",
      "var module={exports:{}},exports=module.exports,__filename=process.argv[1];",
      'var require=process.getBuiltinModule("node:module").createRequire(__filename);',
      'var __importMetaUrl=require("node:url").pathToFileURL(__filename).href;',
    ].join("\n"),
  },
  logLevel: "warning",
});
await chmod(output, 0o755);
