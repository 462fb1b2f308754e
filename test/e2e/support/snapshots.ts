import { join } from "node:path";
import type { BackupRecord, VolumeRecord } from "../../../src/api/backup-record.ts";
import { runProcess } from "./process.ts";

const contents = "volumesnapshotcontents.snapshot.storage.k8s.io";

/** @returns why snapshots cannot be tested here; false when they can, for a test's `skip` */
export async function lacksSnapshots(): Promise<string | false> {
  const { exitCode } = await runProcess("kubectl", ["get", "volumesnapshotclasses"]);
  return exitCode === 0 ? false : "this cluster has no volume snapshots";
}

/** @returns why a test that looks into snapshots cannot be run here */
export async function lacksImages(): Promise<string | false> {
  const reason = "ARK_CLUSTER_DIR does not say where this cluster keeps its volumes as disk images";
  return process.env["ARK_CLUSTER_DIR"] === undefined ? reason : lacksSnapshots();
}

/** Lets the contents of a namespace's snapshots go with it: a backup has set them to Retain. */
export async function releaseSnapshots(namespace: string): Promise<void> {
  const path = `jsonpath={range .items[?(@.spec.volumeSnapshotRef.namespace=="${namespace}")]}{.metadata.name}{"\\n"}{end}`;
  const { exitCode, stdout } = await runProcess("kubectl", ["get", contents, "-o", path]);
  if (exitCode !== 0) return;
  for (const name of stdout.split("\n").filter((line) => line !== "")) {
    const patch = JSON.stringify({ spec: { deletionPolicy: "Delete" } });
    await runProcess("kubectl", ["patch", contents, name, "--type=merge", "-p", patch]);
  }
  // The snapshot controller does one thing at a time: the next file must not wait for this one's remains while it freezes.
  const removal = ["delete", "volumesnapshots", "--all", "-n", namespace, "--timeout=100s"];
  await runProcess("kubectl", removal);
}

/** Names of a namespace's snapshots, and of the contents that point into it. */
export async function snapshotsIn(namespace: string): Promise<string[]> {
  const own = "jsonpath={range .items[*]}{.metadata.name}{'\\n'}{end}";
  const pointing = own.replace("[*]", `[?(@.spec.volumeSnapshotRef.namespace=="${namespace}")]`);
  const lists = [
    ["get", "volumesnapshots", "-n", namespace, "-o", own],
    ["get", contents, "-o", pointing],
  ];
  const names: string[] = [];
  for (const words of lists) {
    const { exitCode, stdout, stderr } = await runProcess("kubectl", words);
    if (exitCode !== 0) throw new Error(stderr);
    names.push(...stdout.split("\n").filter((line) => line !== ""));
  }
  return names;
}

/** The volumes of all blocks. */
export function volumesOf({ blocks }: BackupRecord): VolumeRecord[] {
  return blocks.flatMap(({ volumes }) => volumes);
}

/** The disk image of a snapshot: `$ARK_CLUSTER_DIR/csi/snapshots/HANDLE.img`. */
export function snapshotImage({ snapshot, claim }: VolumeRecord): string {
  const handle = snapshot?.handle;
  if (handle === undefined) throw new Error(`${claim} has no snapshot`);
  return join(process.env["ARK_CLUSTER_DIR"] ?? "", "csi/snapshots", `${handle}.img`);
}

/** ext4 marks a journal that holds something; of a frozen file system it is empty. */
export async function needsRecovery(image: string): Promise<boolean> {
  const { exitCode, stdout, stderr } = await runProcess("dumpe2fs", ["-h", image]);
  if (exitCode !== 0) throw new Error(stderr);
  return stdout.includes("needs_recovery");
}

/** The text of a file in an ext4 image that is not mounted. */
export async function readFromImage(image: string, path: string): Promise<string> {
  const { stdout, stderr } = await runProcess("debugfs", ["-R", `cat ${path}`, image]);
  if (stdout === "") throw new Error(`${path} cannot be read from ${image}: ${stderr}`);
  return stdout;
}
