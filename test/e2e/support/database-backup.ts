import assert from "node:assert/strict";
import type { BackupRecord } from "../../../src/api/backup-record.ts";
import type { Ark } from "./cli.ts";
import type { TestNamespace } from "./cluster.ts";
import { acknowledged, aDatabaseClaim, aDatabasePod, type DatabasePod } from "./database-pods.ts";

/** The pod on a claim of its own, ready, with a client that has begun to write. */
export async function startDatabase(namespace: TestNamespace, pod: DatabasePod): Promise<void> {
  await namespace.apply(aDatabaseClaim(pod.claim), aDatabasePod(pod));
  await namespace.podsReady();
  await namespace.fileExists(pod.name, "client", "/tmp/acked");
}

/** `hooks set pod/POD --recipe …` @throws when it is refused */
export async function setRecipe(
  ark: Ark,
  namespace: TestNamespace,
  pod: string,
  words: readonly string[],
): Promise<void> {
  const target = ["hooks", "set", "-n", namespace.name, `pod/${pod}`];
  const { exitCode, stderr } = await ark.run([...target, ...words]);
  assert.equal(exitCode, 0, stderr);
}

/** Backs the namespace up while the client writes. @returns the row that was acknowledged before, and the record */
export async function backUpWhileWriting(
  ark: Ark,
  namespace: TestNamespace,
  { pod, name, password }: { pod: string; name: string; password: string },
): Promise<{ acknowledgedBefore: number; record: BackupRecord }> {
  const acknowledgedBefore = await acknowledged(namespace, pod);
  const { exitCode, stdout, stderr } = await ark.run(["backup", name, "-n", namespace.name]);
  assert.equal(exitCode, 0, stdout + stderr);
  const record = await ark.record(name);
  assert.ok(record.hooks.length > 0);
  for (const hook of record.hooks) assert.equal(hook.status, "succeeded", hook.stderr.text);
  assert.ok(!JSON.stringify(record.hooks).includes(password), "a password in the record");
  return { acknowledgedBefore, record };
}
