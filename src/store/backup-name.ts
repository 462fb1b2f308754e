import { ArkError } from "../lib/errors.ts";
import { quoted } from "../lib/quoted.ts";

/** The file whose presence makes a directory a backup, as Velero. */
export const METADATA_FILE = "velero-backup.json";

const MAX_NAME_LENGTH = 253;
const MAX_FILE_LENGTH = 255;
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const FILE_NAME = /^[A-Za-z0-9][-A-Za-z0-9._]*$/;

/** Whether `name` could be a backup's. */
export function isBackupName(name: string): boolean {
  return reasonAgainst(name) === undefined;
}

/**
 * A backup's name is that of a Kubernetes object (a DNS-1123 subdomain), since Velero makes one of it.
 * @throws ArkError Usage that says what is wrong
 */
export function assertBackupName(name: string): void {
  const reason = reasonAgainst(name);
  if (reason === undefined) return;
  throw new ArkError("Usage", `${quoted(name)} cannot be the name of a backup: ${reason}`, {
    hint: "Use lower-case letters, digits, '-' and '.', as in nightly-20260131.",
  });
}

/** @throws ArkError Usage unless `file` can be the name of a file of a backup: flat, not hidden, at most 255 characters */
export function assertFileName(file: string): void {
  if (FILE_NAME.test(file) && file.length <= MAX_FILE_LENGTH) return;
  throw new ArkError("Usage", `${quoted(file)} cannot be a file of a backup`, {
    hint: `Name one of the backup's files, as in ${METADATA_FILE}.`,
  });
}

function reasonAgainst(name: string): string | undefined {
  if (name === "") return "it is empty";
  if (name.length > MAX_NAME_LENGTH) return `it is longer than ${MAX_NAME_LENGTH} characters`;
  if (name.includes("/")) return "it holds a '/'";
  if (/[A-Z]/.test(name)) return "it holds an upper-case letter";
  const stranger = /[^-a-z0-9.]/u.exec(name)?.[0];
  if (stranger !== undefined) return `it holds ${quoted(stranger)}`;
  if (!name.split(".").every((label) => LABEL.test(label))) {
    return "it and each part between dots must start and end with a letter or digit";
  }
  return undefined;
}
