import { errorCodeOf } from "../../lib/error-code.ts";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { backupFiles } from "../../archive/layout.ts";
import { ArkError, messageOf } from "../../lib/errors.ts";
import type { CliContext } from "../cli-context.ts";
import { openStore } from "../compose.ts";
import { EXIT } from "../exit-codes.ts";
import { assertStored } from "../stored-backups.ts";

export type LogsArguments = { readonly name: string; readonly store?: string | undefined };

/** `backup logs NAME`: the log, as it was written. */
export async function runBackupLogs(flags: LogsArguments, context: CliContext): Promise<number> {
  const store = await openStore(flags.store, context);
  const { signal, stdout } = context;
  await assertStored(store, flags.name, signal);
  const log = Readable.from(store.read(flags.name, backupFiles(flags.name).log, signal));
  try {
    await pipeline(log, createGunzip(), stdout, { end: false, signal });
  } catch (error) {
    if (isReaderGone(error)) return EXIT.ok;
    if (error instanceof ArkError || signal.aborted) throw error;
    throw new ArkError("ArchiveCorrupt", `the log cannot be unpacked: ${messageOf(error)}`, {
      cause: error,
    });
  }
  return EXIT.ok;
}

/** `| head` closed the pipe: that is no error. */
export function isReaderGone(error: unknown): boolean {
  return errorCodeOf(error) === "EPIPE";
}
