import type { ExecOutcome } from "../../cluster/cluster.ts";
import type { ArkError } from "../../lib/errors.ts";
import { quoted } from "../../lib/quoted.ts";
import type { Names, TarKind, TarReport } from "./tar-complaints.ts";

/** All that is known when tar has ended. */
export type TarEvidence = {
  readonly outcome: ExecOutcome;
  /** Why the archive is not whole. */
  readonly problem: string | undefined;
  readonly report: TarReport;
  /** Why this client has broken it off. */
  readonly brokenOff: ArkError | undefined;
  readonly nestedMounts: readonly string[];
};

export type TarVerdict =
  | {
      readonly kind: "whole";
      readonly warnings: readonly string[];
      readonly isIncomplete: boolean;
    }
  | { readonly kind: "failed"; readonly reason: string; readonly hint?: string | undefined }
  | { readonly kind: "no tar"; readonly reason: string };

/** A copy is good only if tar said so itself and its archive has come to its end. */
export function judgeTar(evidence: TarEvidence): TarVerdict {
  const { outcome, brokenOff, report } = evidence;
  if (brokenOff !== undefined) {
    return { kind: "failed", reason: brokenOff.message, hint: brokenOff.hint };
  }
  switch (outcome.kind) {
    case "exited":
      return judgeExit(outcome.exitCode, evidence);
    case "failed":
      return hasNoShell(outcome.message) && report.tar === undefined
        ? { kind: "no tar", reason: "it has no shell" }
        : { kind: "failed", reason: `tar failed: ${outcome.message}` };
    case "rejected":
      return { kind: "failed", reason: outcome.error.message, hint: outcome.error.hint };
    case "unknown":
      return { kind: "failed", reason: `the copy was cut off: ${outcome.message}` };
    case "aborted":
    default:
      return { kind: "failed", reason: "interrupted" };
  }
}

function hasNoShell(message: string): boolean {
  return /executable file not found|no such file or directory/i.test(message);
}

function judgeExit(exitCode: number, { report, problem, nestedMounts }: TarEvidence): TarVerdict {
  if (report.tar === undefined && [126, 127].includes(exitCode)) {
    return { kind: "no tar", reason: "it has no shell" };
  }
  if (report.tar === "none") return { kind: "no tar", reason: "it has no tar" };
  const isExplained = report.other.count === 0 && countExplained(report) > 0;
  if (exitCode !== 0 && !(isExplained && exitCode <= 2)) return failedTar(exitCode, report);
  if (problem !== undefined) {
    return { kind: "failed", reason: `${problem}, although tar ended with exit code ${exitCode}` };
  }
  const warnings = warningsOf(report, nestedMounts);
  return { kind: "whole", warnings, isIncomplete: report.unreadable.count > 0 };
}

function countExplained({ changed, vanished, unreadable, ignored }: TarReport): number {
  return changed.count + vanished.count + unreadable.count + ignored;
}

function failedTar(exitCode: number, { other }: TarReport): TarVerdict {
  const said = other.count === 0 ? "" : `: ${listed(other)}`;
  const how = exitCode > 128 ? ` (signal ${exitCode - 128})` : "";
  return { kind: "failed", reason: `tar ended with exit code ${exitCode}${how}${said}` };
}

function warningsOf(report: TarReport, nestedMounts: readonly string[]): string[] {
  const { changed, vanished, unreadable, other } = report;
  const warnings = [
    filesWarning(
      unreadable,
      "could not be read and is not in the copy",
      "could not be read and are not in the copy",
    ),
    filesWarning(changed, "changed while it was read", "changed while they were read"),
    filesWarning(vanished, "was removed before it was read", "were removed before they were read"),
    other.count > 0 ? `tar said: ${listed(other)}` : undefined,
    lossWarning(report.tar, report.abilities),
    ...nestedWarning(report.tar, nestedMounts),
  ];
  return warnings.filter((warning) => warning !== undefined);
}

function filesWarning(names: Names, one: string, many: string): string | undefined {
  if (names.count === 0) return undefined;
  const what =
    names.count === 1
      ? `a file or directory ${one}`
      : `${names.count} files or directories ${many}`;
  return `${what}: ${listed(names)}`;
}

/** Whatever it says, one line that moves no cursor. */
function listed({ first, count }: Names): string {
  const more = count > first.length ? ` and ${count - first.length} more` : "";
  return `${first.map(quoted).join(", ")}${more}`;
}

function lossWarning(tar: TarKind | undefined, abilities: readonly string[]): string | undefined {
  const lost = [
    ...(abilities.includes("xattrs") ? [] : ["extended attributes"]),
    ...(abilities.includes("acls") ? [] : ["ACLs"]),
  ];
  if (lost.length === 0) return undefined;
  const name = tar === "gnu" ? "this build of GNU tar" : `this tar (${tar ?? "unknown"})`;
  const more =
    tar === "gnu" ? "" : ", cuts times to seconds, and stores the holes of sparse files as zeros";
  return `${name} does not keep ${lost.join(" and ")}${more}`;
}

function nestedWarning(tar: TarKind | undefined, nestedMounts: readonly string[]): string[] {
  if (nestedMounts.length === 0 || tar === "gnu" || tar === "bsd") return [];
  return [`the copy also holds what else is mounted below: ${nestedMounts.map(quoted).join(", ")}`];
}
