import { createArchiveWriter, type ArchiveWriter } from "../archive/archive-writer.ts";
import { hashing, type Digest } from "../archive/checksums.ts";
import { backupFiles } from "../archive/layout.ts";
import { createResourceList, type ResourceList } from "../archive/resource-list.ts";
import { createReportBuilder, type ReportBuilder } from "./backup-report.ts";
import type { BackupRequest } from "./backup-request.ts";
import type { Ports } from "./backup-run.ts";
import { createLogFile, type LogFile } from "./log-file.ts";

/** The unpublished backup while it is written. */
export type BackupOutput = {
  readonly startedAt: Date;
  readonly files: ReturnType<typeof backupFiles>;
  readonly archive: ArchiveWriter;
  readonly resourceList: ResourceList;
  readonly report: ReportBuilder;
  readonly logFile: LogFile;
  /** Digests of the files that are written while the backup runs; settled once archive and log have ended. */
  readonly contents: Promise<Digest>;
  readonly logs: Promise<Digest>;
  /**
   * Writes one file, whole or piece by piece. @throws what `content` throws, StoreUnavailable: the file is not there then,
   * and the backup can go on
   */
  readonly write: WriteFile;
  publish(): Promise<void>;
  /** Removes what was written. @returns the error to report: the store's own where it was what broke `error`'s step */
  discard(error: unknown): Promise<unknown>;
};

export type WriteFile = (
  file: string,
  content: AsyncIterable<Uint8Array> | Uint8Array,
) => Promise<Digest>;

/** @throws ArkError BackupExists, StoreUnavailable */
export async function openBackupOutput(
  request: BackupRequest,
  { store, clock }: Ports,
  signal: AbortSignal,
): Promise<BackupOutput> {
  const writer = await store.create(request.name, signal);
  const startedAt = clock.now();
  const files = backupFiles(request.name);
  const archive = createArchiveWriter({ mtime: startedAt });
  const logFile = createLogFile(clock, { backup: request.name });
  const resourceList = createResourceList();
  const report = createReportBuilder();
  const failures: unknown[] = [];
  const write: WriteFile = async (file, content) => {
    const hashed = hashing(content instanceof Uint8Array ? once(content) : content);
    await writer.write(file, hashed.content);
    return hashed.digest();
  };
  const watch = <T>(promise: Promise<T>): Promise<T> => {
    promise.catch((error: unknown) => {
      failures.push(error);
      // A store that failed before it read anything would leave the archive waiting for a reader.
      archive.abort(error);
    });
    return promise;
  };
  const contents = watch(write(files.contents, archive.output));
  return {
    startedAt,
    files,
    archive,
    resourceList,
    report,
    logFile,
    contents,
    logs: watch(write(files.log, logFile.content)),
    write,
    publish: () => writer.publish(),
    async discard(error) {
      archive.abort(error);
      // What broke in the store is told by its write; the archive only says that nobody reads it any more.
      await contents.catch(() => {});
      const [cause = error] = failures;
      // Only now: what this does to the writes that are left is no cause of anything.
      logFile.end();
      await writer.discard();
      return cause;
    },
  };
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
