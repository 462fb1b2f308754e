import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Ark } from "./cli.ts";
import { kubectl, type TestNamespace } from "./cluster.ts";
import { eventually } from "./process.ts";

const ours = "app.kubernetes.io/managed-by=kubectl-ark";

/** Helper pods and claims of copies, "pod/name". */
export async function helpersIn({ name }: TestNamespace): Promise<string[]> {
  const text = await kubectl(["get", "pods,pvc", "-n", name, "-l", ours, "-o", "name"]);
  return text.split("\n").filter((line) => line !== "");
}

/** Waits until a copy that is not yet published has some megabytes in the store. */
export async function copyBegun({ backups }: Ark, file: string): Promise<void> {
  await eventually(`the first bytes of ${file}`, async () => {
    const entries = await readdir(backups, { recursive: true }).catch(() => []);
    const path = entries.find((entry) => entry.endsWith(file));
    if (path === undefined) return undefined;
    const facts = await stat(join(backups, path)).catch(() => undefined);
    return facts !== undefined && facts.size > 2 ** 21;
  });
}

export async function storedSha256(ark: Ark, backup: string, file: string): Promise<string> {
  const bytes = await readFile(join(ark.backupDirectory(backup), file));
  return createHash("sha256").update(bytes).digest("hex");
}
