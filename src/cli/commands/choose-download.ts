import type { BackupRecord, VolumeRecord } from "../../api/backup-record.ts";
import { backupFiles } from "../../archive/layout.ts";
import { ArkError } from "../../lib/errors.ts";
import { quoted } from "../../lib/quoted.ts";
import { didYouMean } from "../../lib/suggest.ts";
import type { BackupStore } from "../../store/backup-store.ts";
import { readBackupRecord } from "../stored-backups.ts";

export type DownloadChoice = {
  readonly name: string;
  /** "NAMESPACE/CLAIM" */
  readonly "volume-data"?: string | undefined;
  /** The volume's data as it is stored. */
  readonly compressed?: boolean | undefined;
};

/** One file of a backup, on its way out of the store. */
export type Download = {
  /** Of the backup. */
  readonly name: string;
  readonly file: string;
  readonly unpacked: boolean;
  /** Of the file as it is stored; undefined where nothing is known of it. */
  readonly expectedSha256: string | undefined;
  /** Of the file that is written, in the working directory. */
  readonly defaultName: string;
  /** For messages: "Backup nightly". */
  readonly title: string;
};

/** @throws ArkError Usage, BackupNotFound for a volume of which the backup has no data, as `readBackupRecord` */
export async function chooseDownload(
  flags: DownloadChoice,
  store: BackupStore,
  signal: AbortSignal,
): Promise<Download> {
  const { name, compressed, "volume-data": claim } = flags;
  if (claim === undefined && compressed === true) {
    throw new ArkError("Usage", "--compressed goes with --volume-data", {
      hint: "The archive is always downloaded as it is stored.",
    });
  }
  const record = await readBackupRecord(store, name, signal);
  if (claim !== undefined) return volumeDownload(claim, flags, record);
  const { contents } = backupFiles(name);
  return {
    name,
    file: contents,
    unpacked: false,
    expectedSha256: record?.files[contents]?.sha256,
    defaultName: `${name}-data.tar.gz`,
    title: `Backup ${name}`,
  };
}

function volumeDownload(
  claim: string,
  { name, compressed = false }: DownloadChoice,
  record: BackupRecord | undefined,
): Download {
  const volumes = record?.blocks.flatMap((block) => block.volumes) ?? [];
  const { data } = volumes.find((volume) => volume.claim === claim && volume.data) ?? {};
  if (data === undefined) throw noData(claim, name, volumes);
  return {
    name,
    file: data.file,
    unpacked: !compressed,
    expectedSha256: record?.files[data.file]?.sha256,
    defaultName: `${name}-${claim.replace(/[^A-Za-z0-9.]/g, "-")}.tar${compressed ? ".zst" : ""}`,
    title: `The data of volume ${claim} of backup ${name}`,
  };
}

function noData(claim: string, name: string, volumes: readonly VolumeRecord[]): ArkError {
  const known = volumes.filter(({ data }) => data !== undefined).map((volume) => volume.claim);
  const reason = volumes.find((volume) => volume.claim === claim)?.reason;
  const why = reason === undefined ? didYouMean(claim, known) : ` (${reason})`;
  const hint =
    known.length > 0
      ? `It has the data of ${known.join(", ")}.`
      : "It has data of no volume at all: a backup takes some with --volume-data.";
  const message = `backup ${name} has no data of a volume ${quoted(claim)}${why}`;
  return new ArkError("BackupNotFound", message, { hint });
}
