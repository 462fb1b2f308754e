import type { PodVolumeRecord, VolumeRecord } from "../api/backup-record.ts";
import type { Digest } from "../archive/checksums.ts";
import type { HookOutcome } from "../hooks/hook.ts";
import { ArkError, messageOf, type ErrorCode } from "../lib/errors.ts";

export type BackupPhase = "Completed" | "PartiallyFailed" | "Failed";

/** Something that is not as asked. Which object it is about, as far as it is about one. */
export type Finding = {
  readonly message: string;
  readonly groupResource?: string | undefined;
  /** "" or absent: cluster-scoped, or not about an object. */
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  /** What to do about it. */
  readonly hint?: string | undefined;
  /** The kind of error, where it came from an ArkError. */
  readonly code?: ErrorCode | undefined;
};

/** What became of the guard in one container. */
export type GuardReport = {
  /** "namespace/name" */
  readonly pod: string;
  readonly container: string;
  /** none: there could be no guard. dismissed: all went well. thawed, failed to thaw: it took over. lost: its end is unknown. */
  readonly state: "none" | "dismissed" | "thawed" | "failed to thaw" | "lost";
  readonly reason?: string | undefined;
};

/** What became of one block: pods that share volumes, quiesced together. */
export type BlockReport = {
  readonly pods: readonly string[];
  readonly claims: readonly string[];
  /** Pods left out of the archive because a pre hook failed. */
  readonly failedPods: readonly string[];
  readonly startedAt: Date;
  readonly durationMs: number;
  /** From the start of the first pre hook to the end of the last post hook; absent when no hook ran. */
  readonly quiescedMs?: number | undefined;
  /** When the first pre hook was begun, when all pods were quiesced, and when the last post hook had ended. */
  readonly freezeAt?: Date | undefined;
  readonly quiescedAt?: Date | undefined;
  readonly thawAt?: Date | undefined;
  readonly guards: readonly GuardReport[];
};

export type BackupReport = {
  readonly name: string;
  readonly phase: BackupPhase;
  readonly startedAt: Date;
  readonly completedAt: Date;
  /** Objects in the archive. */
  readonly itemCount: number;
  readonly itemCounts: Readonly<Record<string, number>>;
  readonly skipped: Readonly<Record<SkipReason, number>>;
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly hooks: readonly HookOutcome[];
  readonly blocks: readonly BlockReport[];
  readonly volumes: readonly VolumeRecord[];
  readonly podVolumes: readonly PodVolumeRecord[];
  readonly uncompressedBytes: number;
  /** Of the files that were published; empty until then. */
  readonly files: Readonly<Record<string, Digest>>;
};

export type SkipReason =
  | "terminating"
  | "labelled-exclude-from-backup"
  | "made-by-a-backup"
  | "written-by-kubernetes";

/** A finding from anything that was thrown. */
export function findingFrom(
  error: unknown,
  about: Omit<Finding, "message" | "hint" | "code">,
): Finding {
  const { hint, code } = error instanceof ArkError ? error : { hint: undefined, code: undefined };
  return { ...about, message: messageOf(error), hint, code };
}

/** Collects what a report is made of while the backup runs. Every error counts, also a hook's with on-error Continue. */
export type ReportBuilder = {
  error(finding: Finding): void;
  warn(finding: Finding): void;
  skip(reason: SkipReason): void;
  hook(outcome: HookOutcome): void;
  block(block: BlockReport): void;
  volume(volume: VolumeRecord): void;
  podVolume(volume: PodVolumeRecord): void;
  build(facts: ReportFacts): BackupReport;
};

export type ReportFacts = Pick<
  BackupReport,
  "name" | "startedAt" | "completedAt" | "itemCount" | "itemCounts" | "uncompressedBytes"
>;

export function createReportBuilder(): ReportBuilder {
  const errors: Finding[] = [];
  const warnings: Finding[] = [];
  const hooks: HookOutcome[] = [];
  const blocks: BlockReport[] = [];
  const volumes: VolumeRecord[] = [];
  const podVolumes: PodVolumeRecord[] = [];
  const skipped = {
    terminating: 0,
    "labelled-exclude-from-backup": 0,
    "made-by-a-backup": 0,
    "written-by-kubernetes": 0,
  };
  return {
    error: (finding) => void errors.push(finding),
    warn: (finding) => void warnings.push(finding),
    skip: (reason) => void (skipped[reason] += 1),
    hook: (outcome) => void hooks.push(outcome),
    block: (block) => void blocks.push(block),
    volume: (volume) => void volumes.push(volume),
    podVolume: (volume) => void podVolumes.push(volume),
    build(facts) {
      const phase = phaseOf(errors.length, facts.itemCount);
      const findings = { errors, warnings, hooks, blocks, volumes, podVolumes };
      return { ...facts, phase, skipped, ...findings, files: {} };
    },
  };
}

/** Failed: nothing usable was stored. Ark knew no PartiallyFailed; this is Velero's word (1.0). */
function phaseOf(errorCount: number, itemCount: number): BackupPhase {
  if (errorCount === 0) return "Completed";
  return itemCount > 0 ? "PartiallyFailed" : "Failed";
}

/** A failed hook as the error that it counts as, whatever its on-error says (as Velero: PartiallyFailed). */
export function findingOfHook({ hook, namespace, pod, container, message }: HookOutcome): Finding {
  const where = container === "" ? "" : ` in container ${container}`;
  return {
    message: `${hook.phase} hook ${hook.name}${where} failed: ${message ?? "no reason given"}`,
    groupResource: "pods",
    namespace,
    name: pod,
  };
}
