import { dryRunBackup } from "../../backup/dry-run-backup.ts";
import { runBackup } from "../../backup/run-backup.ts";
import { toBackupRecord } from "../../backup/backup-record.ts";
import type { BackupReport } from "../../backup/backup-report.ts";
import type { BackupRequest } from "../../backup/backup-request.ts";
import type { Ports } from "../../backup/backup-run.ts";
import { systemClock } from "../../lib/system-clock.ts";
import type { CliContext } from "../cli-context.ts";
import { openClientProcess, openCluster, openJournal, openStore } from "../compose.ts";
import type { ConnectionArguments } from "../connection-arguments.ts";
import { EXIT, exitCodeOfPhase } from "../exit-codes.ts";
import { formatBackupSummary } from "../print/backup-summary.ts";
import { formatDryRun, toDryRunJson } from "../print/dry-run.ts";
import { createProgressPrinter } from "../print/progress.ts";
import { formatStructured } from "../print/structured.ts";
import { assertNotSubcommand } from "./assert-not-subcommand.ts";
import { defaultBackupName, readBackupRequest } from "./backup-request.ts";
import { runUnderFreeName } from "./run-under-free-name.ts";
import type { BackupArguments } from "./spec-from-flags.ts";

/** `backup [create] [NAME]`: the report on stdout, progress on stderr. */
export async function runBackupCreate(
  flags: BackupArguments & ConnectionArguments,
  context: CliContext,
): Promise<number> {
  assertNotSubcommand(flags.name, flags["_"]);
  const store = await openStore(flags.store, context);
  const opened = await openCluster(flags, context);
  const { cluster } = opened;
  try {
    let isNamed = true;
    const makeName = (): string => {
      isNamed = false;
      return defaultBackupName(cluster.identity.context, systemClock.now());
    };
    const request = await readBackupRequest(flags, makeName, context);
    const progress = createProgressPrinter(context.stderr, { storeUrl: store.url, cluster });
    const ports: Ports = {
      cluster,
      store,
      journal: openJournal(context),
      clientProcess: openClientProcess(),
      clock: systemClock,
      observe: progress.observe,
      hurry: context.hurry,
    };
    try {
      if (flags["dry-run"]) return await showDryRun(request, ports, { flags, context });
      const report = isNamed
        ? await runBackup(request, ports, context.signal)
        : await runUnderFreeName(request, ports, makeName, context.signal);
      progress.end();
      context.stdout.write(formatReport(report, request, ports, flags.output));
      return exitCodeOfPhase(report.phase);
    } finally {
      progress.end();
    }
  } finally {
    opened.close();
  }
}

function formatReport(
  report: BackupReport,
  request: BackupRequest,
  ports: Ports,
  form: BackupArguments["output"],
): string {
  if (form === undefined) return formatBackupSummary(report, ports.store.url);
  if (form === "name") return `backup.velero.io/${report.name}\n`;
  const { toolVersion } = request;
  const { identity } = ports.cluster;
  return formatStructured(toBackupRecord({ report, identity, toolVersion }), form);
}

async function showDryRun(
  request: BackupRequest,
  ports: Ports,
  { flags, context }: { flags: BackupArguments; context: CliContext },
): Promise<number> {
  const result = await dryRunBackup(request, ports, context.signal);
  const form = flags.output;
  const text =
    form === "json" || form === "yaml"
      ? formatStructured(toDryRunJson(result), form)
      : formatDryRun(result, context.stdout.isTTY ? context.stdout.columns : undefined);
  context.stdout.write(text);
  return result.errors.length > 0 ? EXIT.partiallyFailed : EXIT.ok;
}
