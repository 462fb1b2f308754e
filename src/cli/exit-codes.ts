import type { BackupPhase } from "../backup/backup-report.ts";
import { ArkError } from "../lib/errors.ts";

/** docs/exit-codes.md says what each promises. */
export const EXIT = { ok: 0, failed: 1, usage: 2, partiallyFailed: 3, interrupted: 130 } as const;

export function exitCodeOfPhase(phase: BackupPhase): number {
  if (phase === "Completed") return EXIT.ok;
  return phase === "PartiallyFailed" ? EXIT.partiallyFailed : EXIT.failed;
}

export function exitCodeOfError(error: unknown): number {
  if (!(error instanceof ArkError)) return EXIT.failed;
  if (error.code === "Cancelled") return EXIT.interrupted;
  return error.code === "Usage" || error.code === "InvalidDocument" ? EXIT.usage : EXIT.failed;
}
