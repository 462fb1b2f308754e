import { chmod, mkdir } from "node:fs/promises";
import { bundle } from "./bundle.ts";

/** `dist/kubectl-ark`: the whole program as one file. */
const output = "dist/kubectl-ark";

await mkdir("dist", { recursive: true });
await bundle({ outfile: output });
await chmod(output, 0o755);
