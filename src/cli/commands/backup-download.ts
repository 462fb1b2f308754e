import { errorCodeOf } from "../../lib/error-code.ts";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { hashing } from "../../archive/checksums.ts";
import { unzstd } from "../../archive/unzstd.ts";
import { ArkError, messageOf, throwIfAborted } from "../../lib/errors.ts";
import type { BackupStore } from "../../store/backup-store.ts";
import type { CliContext } from "../cli-context.ts";
import { openStore } from "../compose.ts";
import { EXIT } from "../exit-codes.ts";
import { assertStored } from "../stored-backups.ts";
import { isReaderGone } from "./backup-logs.ts";
import { chooseDownload, type Download, type DownloadChoice } from "./choose-download.ts";

export type DownloadArguments = DownloadChoice & {
  readonly store?: string | undefined;
  readonly output?: string | undefined;
  readonly force?: boolean | undefined;
};

/** `backup download NAME`: the archive as it is stored, or the data of a volume, compared with its checksum on the way. */
export async function runBackupDownload(
  flags: DownloadArguments,
  context: CliContext,
): Promise<number> {
  const store = await openStore(flags.store, context);
  await assertStored(store, flags.name, context.signal);
  const download = await chooseDownload(flags, store, context.signal);
  if (flags.output === "-") {
    await copyChecked(store, download, context, (source) =>
      pipeline(source, context.stdout, { end: false, signal: context.signal }),
    ).catch((error: unknown) => {
      if (!isReaderGone(error)) throw error;
    });
    return EXIT.ok;
  }
  const path = resolve(context.cwd, flags.output ?? download.defaultName);
  await copyToFile(store, { download, path, force: flags.force === true }, context);
  context.stdout.write(`${download.title} has been downloaded to ${path}\n`);
  return EXIT.ok;
}

type Target = {
  readonly download: Download;
  readonly path: string;
  /** Over a file that is there. */
  readonly force: boolean;
};

/** As Ark: never over an existing file without --force, readable by its owner only, gone again after an error. */
async function copyToFile(
  store: BackupStore,
  { download, path, force }: Target,
  context: CliContext,
): Promise<void> {
  let isCreated = false;
  try {
    await copyChecked(store, download, context, async (source) => {
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

/** @throws ArkError ArchiveCorrupt when the stored bytes are not what was stored; else what `copy` throws */
async function copyChecked(
  store: BackupStore,
  { name, file, unpacked, expectedSha256 }: Download,
  { signal }: CliContext,
  copy: (source: Readable) => Promise<void>,
): Promise<void> {
  const hashed = hashing(store.read(name, file, signal));
  const content = unpacked ? unzstd(hashed.content) : hashed.content;
  try {
    await copy(Readable.from(content, { objectMode: false }));
  } catch (error) {
    throwIfAborted(signal);
    throw error;
  }
  if (expectedSha256 === undefined || hashed.digest().sha256 === expectedSha256) return;
  throw new ArkError("ArchiveCorrupt", `${file} is not what was stored: its checksum differs`, {
    hint: "Take it from another copy of the store.",
  });
}
