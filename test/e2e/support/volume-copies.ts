import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import type { BackupRecord, VolumeRecord } from "../../../src/api/backup-record.ts";
import type { Ark } from "./cli.ts";
import { kubectl, type TestNamespace } from "./cluster.ts";
import { eventually } from "./process.ts";

const ours = "app.kubernetes.io/managed-by=kubectl-ark";

/** Helper pods and claims of copies, "pod/name". */
export async function helpersIn({ name }: TestNamespace): Promise<string[]> {
  const text = await kubectl(["get", "pods,pvc", "-n", name, "-l", ours, "-o", "name"]);
  return linesOf(text);
}

/** Pods and claims are gone when the command ends; their volumes are the driver's to remove. */
export async function assertNoHelpers(namespace: TestNamespace): Promise<void> {
  assert.deepEqual(await helpersIn(namespace), []);
  const path = `jsonpath={range .items[?(@.spec.claimRef.namespace=="${namespace.name}")]}{.spec.claimRef.name}{"\\n"}{end}`;
  await eventually("the removal of the helpers' volumes", async () => {
    const claims = linesOf(await kubectl(["get", "pv", "-o", path]));
    return claims.some((claim) => claim.startsWith("ark-copy-")) ? undefined : true;
  });
}

function linesOf(text: string): string[] {
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

/** The record, the stored file and `describe` tell the same of a volume's data. */
export async function assertStoredData(
  ark: Ark,
  record: BackupRecord,
  { claim, data }: VolumeRecord,
): Promise<void> {
  assert.ok(data, `the data of ${claim} is in the backup`);
  const { file, sizeBytes, uncompressedBytes } = data;
  const bytes = await readFile(join(ark.backupDirectory(record.backup), file));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  assert.deepEqual(record.files[file], { sha256, sizeBytes: bytes.length });
  assert.equal(sizeBytes, bytes.length);
  const described = await ark.run(["backup", "describe", record.backup]);
  assert.ok(described.stdout.includes(file), described.stdout);
  const tar = zstdDecompressSync(bytes);
  assert.equal(tar.length, uncompressedBytes);
}
