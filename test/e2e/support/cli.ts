import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { after } from "node:test";
import { parseBackupRecord, type BackupRecord } from "../../../src/api/backup-record.ts";
import { type ProcessOptions, type Ran, type Running, startProcess } from "./process.ts";

const projectRoot = resolve(import.meta.dirname, "../../..");

/** The built executable, installed as a kubectl plugin, with a store and a working directory of its own. */
export type Ark = {
  /** `kubectl ark WORDS…` */
  run(words: readonly string[], options?: ArkOptions): Promise<Ran>;
  start(words: readonly string[], options?: ArkOptions): Running;
  /** Runs a bash script that may call `kubectl ark`. */
  shell(script: string): Promise<Ran>;
  /** kubectl-ark.json of a stored backup, as `describe -o json` shows it. */
  record(name: string): Promise<BackupRecord>;
  /** The directory of a stored backup. */
  backupDirectory(name: string): string;
  /** The directory of all backups. */
  readonly backups: string;
  /** A scratch directory, which is also the working directory. */
  readonly directory: string;
};

export type ArkOptions = Omit<ProcessOptions, "env" | "cwd"> & {
  readonly env?: Readonly<Record<string, string>>;
};

export async function installArk(): Promise<Ark> {
  const directory = await mkdtemp(join(tmpdir(), "ark-e2e-"));
  after(() => rm(directory, { recursive: true, force: true }));
  const bin = join(directory, "bin");
  await mkdir(bin);
  // A copy: it must not need the project around it.
  await copyFile(join(projectRoot, "dist/kubectl-ark"), join(bin, "kubectl-ark"));
  const backups = join(directory, "kubectl-ark/backups");
  const start = (words: readonly string[], options: ArkOptions = {}): Running =>
    startProcess("kubectl", ["ark", ...words], {
      ...options,
      cwd: directory,
      env: { ...environment(bin, directory), ...options.env },
    });
  const shell = (script: string): Promise<Ran> =>
    startProcess("bash", ["-c", script], { cwd: directory, env: environment(bin, directory) })
      .ended;
  const run = (words: readonly string[], options?: ArkOptions): Promise<Ran> =>
    start(words, options).ended;
  return {
    run,
    start,
    shell,
    backups,
    directory,
    backupDirectory: (name) => join(backups, name),
    async record(name) {
      const { stdout, stderr } = await run(["backup", "describe", name, "-o", "json"]);
      if (stdout === "") throw new Error(stderr);
      const { record }: { record: unknown } = JSON.parse(stdout);
      return parseBackupRecord(JSON.stringify(record));
    },
  };
}

/** The executable asks for `node`: the project's own is found first. The default store is in the scratch directory. */
function environment(bin: string, directory: string): NodeJS.ProcessEnv {
  const { ARK_STORE: _store, ...inherited } = process.env;
  const path = [bin, join(projectRoot, "node_modules/.bin"), inherited["PATH"] ?? ""];
  return {
    ...inherited,
    PATH: path.join(delimiter),
    XDG_DATA_HOME: directory,
    XDG_STATE_HOME: directory,
  };
}
