import { ArkError } from "../lib/errors.ts";

/** A damaged or hostile archive: what is wrong, and where. */
export function archiveCorrupt(what: string, cause?: unknown): ArkError {
  return new ArkError("ArchiveCorrupt", `the archive cannot be read: ${what}`, {
    hint: "The file was cut off or changed after it was written: take another copy of it.",
    cause,
  });
}
