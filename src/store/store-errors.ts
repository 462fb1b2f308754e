import { ArkError } from "../lib/errors.ts";

/** The errors of the contract, worded alike for every store. */
export function backupExists(name: string, url: string): ArkError {
  return new ArkError("BackupExists", `a backup named ${name} already exists in ${url}`, {
    hint: "Choose another name, or delete that backup first.",
  });
}

/** At create: nothing was done yet. */
export function backupBeingWritten(name: string, url: string): ArkError {
  return new ArkError(
    "BackupExists",
    `another process is writing a backup of this name: ${name} in ${url}`,
    { hint: "Choose another name, or try again when it has ended (a minute after a crash)." },
  );
}

export function backupNotFound(name: string, url: string): ArkError {
  return new ArkError("BackupNotFound", `there is no backup named ${name} in ${url}`, {
    hint: "List the backups of a store with 'kubectl ark backup get'.",
  });
}

export function fileNotFound(file: string, name: string, url: string): ArkError {
  return new ArkError("BackupNotFound", `the backup ${name} in ${url} has no file ${file}`);
}
