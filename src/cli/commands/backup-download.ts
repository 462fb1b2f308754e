import { errorCodeOf } from "../../lib/error-code.ts";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { backupFiles } from "../../archive/layout.ts";
import { hashing } from "../../archive/checksums.ts";
import { ArkError, messageOf } from "../../lib/errors.ts";
import type { BackupStore } from "../../store/backup-store.ts";
import type { CliContext } from "../cli-context.ts";
import { openStore } from "../compose.ts";
import { EXIT } from "../exit-codes.ts";
import { assertStored, readBackupRecord } from "../stored-backups.ts";
import { isReaderGone } from "./backup-logs.ts";

export type DownloadArguments = {
  readonly name: string;
  readonly store?: string | undefined;
  readonly output?: string | undefined;
  readonly force?: boolean | undefined;
};

/** `backup download NAME`: the archive as it is stored, compared with its checksum on the way. */
export async function runBackupDownload(
  flags: DownloadArguments,
  context: CliContext,
): Promise<number> {
  const store = await openStore(flags.store, context);
  await assertStored(store, flags.name, context.signal);
  if (flags.output === "-") {
    await copyChecked(store, flags.name, context, (source) =>
      pipeline(source, context.stdout, { end: false, signal: context.signal }).catch(
        (error: unknown) => {
          if (!isReaderGone(error)) throw error;
        },
      ),
    );
    return EXIT.ok;
  }
  const path = resolve(context.cwd, flags.output ?? `${flags.name}-data.tar.gz`);
  await copyToFile(store, path, flags, context);
  context.stdout.write(`Backup ${flags.name} has been downloaded to ${path}\n`);
  return EXIT.ok;
}

/** As Ark: never over an existing file without --force, readable by its owner only, gone again after an error. */
async function copyToFile(
  store: BackupStore,
  path: string,
  { name, force }: DownloadArguments,
  context: CliContext,
): Promise<void> {
  let isCreated = false;
  try {
    await copyChecked(store, name, context, async (source) => {
      const file = createWriteStream(path, { flags: force ? "w" : "wx", mode: 0o600 });
      file.once("open", () => (isCreated = true));
      await pipeline(source, file, { signal: context.signal });
    });
  } catch (error) {
    if (isCreated) await rm(path, { force: true });
    if (error instanceof ArkError) throw error;
    const exists = errorCodeOf(error) === "EEXIST";
    throw new ArkError("Usage", `cannot write ${path}: ${messageOf(error)}`, {
      cause: error,
      hint: exists ? "Use --force to overwrite it." : "Choose another file with -o.",
    });
  }
}

async function copyChecked(
  store: BackupStore,
  name: string,
  { signal }: CliContext,
  copy: (source: Readable) => Promise<void>,
): Promise<void> {
  const { contents } = backupFiles(name);
  const expected = (await readBackupRecord(store, name, signal))?.files[contents];
  const hashed = hashing(store.read(name, contents, signal));
  const source = Readable.from(hashed.content, { objectMode: false });
  await copy(source);
  if (source.readableEnded && expected && hashed.digest().sha256 !== expected.sha256) {
    throw new ArkError(
      "ArchiveCorrupt",
      `${contents} is not what was stored: its checksum differs`,
      {
        hint: "Take it from another copy of the store.",
      },
    );
  }
}
