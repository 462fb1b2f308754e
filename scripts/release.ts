import { mkdir, readFile, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { buildRelease } from "./release/build-release.ts";
import { isChanged, sourceDate } from "./release/source-date.ts";
import { targetName, targets } from "./release/targets.ts";

/**
 * Everything that is published, in dist/release: `npm run release`, see docs/releasing.md.
 *   --native            only the executable of this machine's platform
 *   --output DIRECTORY  instead of dist/release; it is emptied
 *   --homepage URL      of the repository whose releases the archives will be found in
 */
const root = resolve(import.meta.dirname, "..");
const { values } = parseArgs({
  options: {
    native: { type: "boolean", default: false },
    output: { type: "string", default: resolve(root, "dist/release") },
    homepage: { type: "string", default: "https://github.com/kubectl-ark/kubectl-ark" },
  },
});

const host = `${process.platform}-${process.arch}`;
const chosen = values.native ? targets.filter((target) => target.host === host) : targets;
if (chosen.length === 0) throw new Error(`There is no executable for ${host}.`);

const { version }: { version: string } = JSON.parse(
  await readFile(resolve(root, "package.json"), "utf8"),
);
if ((await isChanged(root)) === true) {
  console.error("NOTE: files differ from the commit; this is not what a clean clone would give.");
}
await rm(values.output, { recursive: true, force: true });
await mkdir(values.output, { recursive: true });
console.log(`kubectl-ark v${version} for ${chosen.map(targetName).join(", ")}`);
await buildRelease({
  root,
  version,
  targets: chosen,
  homepage: values.homepage.replace(/\/+$/, ""),
  mtimeSeconds: await sourceDate(process.env, root),
  output: values.output,
  say: (line) => console.log(line),
});
