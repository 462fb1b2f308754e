import { digestOf, type Digest } from "../archive/checksums.ts";
import { gzipJson, resultsFile, type Messages } from "../archive/json-files.ts";
import { toBackupRecord } from "./backup-record.ts";
import type { BackupOutput } from "./backup-output.ts";
import type { BackupReport, Finding } from "./backup-report.ts";
import type { BackupRun } from "./backup-run.ts";
import { toVeleroBackup } from "./velero-backup.ts";

/**
 * Ends the archive and the log, writes the files beside them, `velero-backup.json` last (its presence is the backup),
 * and publishes. From here on Ctrl-C is too late: what was captured is whole.
 * @throws ArkError StoreUnavailable, BackupExists
 */
export async function sealBackup(run: BackupRun, output: BackupOutput): Promise<BackupReport> {
  const { files, write } = output;
  const { request } = run.plan;
  const { identity } = run.cluster;
  await output.archive.end();
  const digests: Record<string, Digest> = { [files.contents]: await output.contents };
  if (run.sink.total() === 0) reportEmpty(buildReport(run, output), run);
  const built = buildReport(run, output);
  endLog(built, run, output);
  digests[files.log] = await output.logs;
  digests[files.results] = await write(files.results, gzipJson(toResults(built)));
  const resourceList = gzipJson(output.resourceList.toJson());
  digests[files.resourceList] = await write(files.resourceList, resourceList);
  digests[files.volumeInfo] = await write(files.volumeInfo, gzipJson(run.volumes?.info ?? []));
  const metadata = toBytes(toVeleroBackup(request, built, identity));
  digests[files.metadata] = digestOf(metadata);
  const report = { ...built, files: { ...digests, ...run.volumes?.files } };
  const record = toBackupRecord({ report, identity, toolVersion: request.toolVersion });
  await write(files.record, toBytes(record));
  await write(files.metadata, metadata);
  // Before it is published: a snapshot that is left over does less harm than one that is taken for a leftover.
  await run.volumes?.snapshots.keep(new AbortController().signal);
  await output.publish();
  return report;
}

/** A mistyped selector must not pass for a backup: Velero calls it Completed. */
function reportEmpty({ errors, skipped }: BackupReport, run: BackupRun): void {
  if (errors.length > 0) return;
  const reasons = Object.entries(skipped).filter(([, count]) => count > 0);
  const left = reasons.map(([reason, count]) => `${count} ${reason}`).join(", ");
  run.report.error({
    message:
      left === ""
        ? "nothing matches what was asked for: the backup holds no object"
        : `the backup holds no object: all that match what was asked for were skipped (${left})`,
    hint: "Compare the selector and filters with what `kubectl get` finds by them.",
  });
}

function buildReport(run: BackupRun, output: BackupOutput): BackupReport {
  const counts = [...run.sink.counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return output.report.build({
    name: run.plan.request.name,
    startedAt: output.startedAt,
    completedAt: run.clock.now(),
    itemCount: run.sink.total(),
    itemCounts: Object.fromEntries(counts),
    uncompressedBytes: output.archive.uncompressedBytes,
  });
}

function endLog(report: BackupReport, run: BackupRun, output: BackupOutput): void {
  for (const [groupResource, items] of Object.entries(report.itemCounts)) {
    run.log.write("info", "Backed up resource", { groupResource, items });
  }
  const { phase, errors, warnings } = report;
  const outcome =
    errors.length === 0 ? "Backup completed successfully" : "Backup completed with errors";
  run.log.write("info", outcome, { phase, errors: errors.length, warnings: warnings.length });
  output.logFile.end();
}

/** Messages sorted into Velero's three places. */
function toResults(report: BackupReport): { errors: Messages; warnings: Messages } {
  return resultsFile({ errors: toMessages(report.errors), warnings: toMessages(report.warnings) });
}

function toMessages(findings: readonly Finding[]): Messages {
  const messages = { velero: [] as string[], cluster: [] as string[] };
  const namespaces: Record<string, string[]> = {};
  for (const finding of findings) {
    const { groupResource, namespace, name, message } = finding;
    const about = [groupResource, name].filter((part) => part !== undefined).join("/");
    const line = about === "" ? message : `${about}: ${message}`;
    if (namespace) (namespaces[namespace] ??= []).push(line);
    else (name === undefined ? messages.velero : messages.cluster).push(line);
  }
  return { ...messages, namespaces };
}

function toBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value, undefined, 2));
}
