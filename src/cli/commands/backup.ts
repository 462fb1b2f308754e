import type { Argv, Options } from "yargs";
import type { CliContext } from "../cli-context.ts";
import {
  connectionFlags,
  noHeadersFlag,
  outputFlag,
  storeFlag,
  switchFlag,
  textFlag,
} from "../flags.ts";
import type { Deferred } from "../deferred.ts";
import { backupFlags } from "./backup-flags.ts";
import { describeExamples, describeFlags } from "./describe-flags.ts";

/** `backup [create]` and what reads stored backups. Each command's module is imported only when it was chosen. */
export function declareBackup(program: Argv, context: CliContext, deferred: Deferred): void {
  program.command("backup", "Take, list, show and delete backups", (backup) => {
    declareCreate(backup, context, deferred);
    declareReaders(backup, context, deferred);
    declareCopies(backup, context, deferred);
    declareDelete(backup, context, deferred);
    return backup.usage("kubectl ark backup [NAME]: takes a backup now");
  });
}

const createExamples: [string, string][] = [
  ["$0 backup -n shop", "namespace shop, with the hooks of its pods"],
  ["$0 backup -n shop --dry-run", "what would run where"],
  ["$0 backup nightly -l app=db --store /mnt/backups", "by label, into a directory"],
  ["$0 backup -n shop --consistency namespace", "all of its volumes at one point in time"],
  ["$0 backup -n shop --volume-data", "what volumes hold goes into the store as well"],
  ["$0 backup -f backup.yaml -o json", "from a Backup document"],
];

function declareCreate(backup: Argv, context: CliContext, deferred: Deferred): void {
  backup.command(
    ["create [name]", "$0"],
    "Take a backup now",
    (yargs) =>
      yargs
        .positional("name", { type: "string", describe: "Default: <context>-<UTC time>" })
        .options(backupFlags)
        .example(createExamples),
    (flags) => {
      deferred.run = async () => {
        const { runBackupCreate } = await import("./backup-create.ts");
        return runBackupCreate(flags, context);
      };
    },
  );
}

/** The flags and positional words of `backup get`, which `get backups` shares. */
export function withGetOptions(yargs: Argv) {
  return yargs
    .positional("name", { type: "string", array: true, describe: "Names; default all" })
    .option("selector", textFlag("Only backups with these labels", { alias: "l" }))
    .options({ ...storeFlag, ...outputFlag("json", "yaml", "wide", "name"), ...noHeadersFlag });
}

function declareReaders(backup: Argv, context: CliContext, deferred: Deferred): void {
  backup
    .command(
      "get [name..]",
      "List backups",
      (yargs) => withGetOptions(yargs).example("$0 backup get -o wide", "all, with more columns"),
      (flags) => {
        deferred.run = async () => (await import("./backup-get.ts")).runBackupGet(flags, context);
      },
    )
    .command(
      "describe <name..>",
      "Show backups in detail: what they hold, their hooks, freezes, volumes, errors and files",
      (yargs) =>
        yargs
          .positional("name", { type: "string", array: true, demandOption: true })
          .options(describeFlags)
          .example(describeExamples),
      (flags) => {
        deferred.run = async () =>
          (await import("./backup-describe.ts")).runBackupDescribe(flags, context);
      },
    );
}

const downloadFlags = {
  ...storeFlag,
  output: textFlag(
    "File to write, - for standard output; default ./<NAME>-data.tar.gz, or ./<NAME>-<NAMESPACE>-<CLAIM>.tar",
    { alias: "o" },
  ),
  "volume-data": textFlag("NAMESPACE/CLAIM: the data of this volume, as tar"),
  compressed: switchFlag("With --volume-data: as it is stored, packed with zstd"),
  force: switchFlag("Overwrite the file"),
} as const satisfies Record<string, Options>;

function declareCopies(backup: Argv, context: CliContext, deferred: Deferred): void {
  backup
    .command(
      "logs <name>",
      "Print the log of a backup",
      (yargs) =>
        yargs
          .positional("name", { type: "string", demandOption: true })
          .options(storeFlag)
          .example("$0 backup logs nightly | grep level=error", "the errors in the log"),
      (flags) => {
        deferred.run = async () => (await import("./backup-logs.ts")).runBackupLogs(flags, context);
      },
    )
    .command(
      "download <name>",
      "Copy a backup's archive, or the data of a volume, into a file",
      (yargs) =>
        yargs
          .positional("name", { type: "string", demandOption: true })
          .options(downloadFlags)
          .example([
            ["$0 backup download nightly -o - | tar tz", "what is in it"],
            ["$0 backup download nightly --volume-data shop/data-db-0", "a volume's files"],
          ]),
      (flags) => {
        deferred.run = async () =>
          (await import("./backup-download.ts")).runBackupDownload(flags, context);
      },
    );
}

const deleteFlags = {
  ...storeFlag,
  confirm: { ...switchFlag("Do not ask"), alias: ["yes", "y"] },
  "keep-snapshots": switchFlag("Only the files: leave the volume snapshots in the cluster"),
  ...connectionFlags,
} as const satisfies Record<string, Options>;

function declareDelete(backup: Argv, context: CliContext, deferred: Deferred): void {
  backup.command(
    "delete <name..>",
    "Delete backups, their volume snapshots in the cluster, and what broken-off backups left there",
    (yargs) =>
      yargs
        .positional("name", { type: "string", array: true, demandOption: true })
        .options(deleteFlags)
        .example([
          ["$0 backup delete nightly --confirm", "without a question"],
          ["$0 backup delete nightly --keep-snapshots", "only the files"],
        ]),
    (flags) => {
      deferred.run = async () =>
        (await import("./backup-delete.ts")).runBackupDelete(flags, context);
    },
  );
}
