import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseBackupRecord } from "../src/api/backup-record.ts";

/**
 * freeze NAMESPACE POD CLAIM RUNS: how long a volume is frozen by a backup, beside the same by hand with kubectl: exec
 * fsfreeze --freeze, create a VolumeSnapshot, wait for its creationTime, exec fsfreeze --unfreeze. In turn. POD has a
 * container "fsfreeze" that mounts CLAIM at /data, and hooks that freeze and thaw it.
 */
const [namespace = "", pod = "", claim = "", runs = "20"] = process.argv.slice(2);
const run = promisify(execFile);
const directory = await mkdtemp(join(tmpdir(), "ark-bench-"));
const inside = ["-n", namespace];

async function byHand(round: number): Promise<number> {
  const name = `by-hand-${round}`;
  const manifest = JSON.stringify({
    apiVersion: "snapshot.storage.k8s.io/v1",
    kind: "VolumeSnapshot",
    metadata: { name },
    spec: { source: { persistentVolumeClaimName: claim } },
  });
  const fsfreeze = (flag: string): Promise<unknown> =>
    run("kubectl", ["exec", ...inside, pod, "-c", "fsfreeze", "--", "fsfreeze", flag, "/data"]);
  const from = performance.now();
  await fsfreeze("--freeze");
  try {
    const create = run("kubectl", ["create", ...inside, "-f", "-"]);
    create.child.stdin?.end(manifest);
    await create;
    const cut = ["--for=jsonpath={.status.creationTime}", "--timeout=60s"];
    await run("kubectl", ["wait", ...inside, `volumesnapshot/${name}`, ...cut]);
  } finally {
    await fsfreeze("--unfreeze");
  }
  const frozenMs = performance.now() - from;
  await run("kubectl", ["delete", ...inside, "volumesnapshot", name]);
  return frozenMs;
}

async function byBackup(round: number): Promise<number> {
  const name = `bench-${round}`;
  const store = ["--store", directory];
  const flags = [...inside, "--include-resources=pods,pvc", ...store];
  await run(process.execPath, ["dist/kubectl-ark", "backup", name, ...flags]);
  const file = join(directory, "backups", name, "kubectl-ark.json");
  const { blocks } = parseBackupRecord(await readFile(file, "utf8"));
  await run(process.execPath, [
    "dist/kubectl-ark",
    "backup",
    "delete",
    name,
    ...store,
    "--confirm",
  ]);
  return Math.max(...blocks.map(({ quiescedSeconds = 0 }) => quiescedSeconds * 1000));
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

try {
  const [hand, backup]: [number[], number[]] = [[], []];
  for (let round = 1; round <= Number(runs); round += 1) {
    hand.push(await byHand(round));
    backup.push(await byBackup(round));
  }
  const show = (values: readonly number[]): string =>
    `${median(values).toFixed(0)} ms (${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)})`;
  const ratio = (median(backup) / median(hand)).toFixed(2);
  process.stdout.write(
    `frozen by hand: ${show(hand)}\nfrozen by a backup: ${show(backup)}\nratio of the medians: ${ratio}\n`,
  );
} finally {
  await rm(directory, { recursive: true, force: true });
}
