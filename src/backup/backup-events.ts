import type { HookOutcome, HookPhase } from "../hooks/hook.ts";
import type { BackupPlan } from "./plan/plan-backup.ts";
import type { Finding } from "./backup-report.ts";

/** What a running backup tells whoever watches it. Facts only: the words are the printer's. */
export type BackupEvent =
  | { readonly kind: "planned"; readonly plan: BackupPlan }
  | { readonly kind: "blocks-found"; readonly blocks: number; readonly hookedPods: number }
  | {
      readonly kind: "hooks-started";
      readonly namespace: string;
      readonly pod: string;
      readonly phase: HookPhase;
    }
  | { readonly kind: "hook-ended"; readonly outcome: HookOutcome }
  | { readonly kind: "block-ended"; readonly pods: readonly string[] }
  /** A claim is "namespace/name" here. */
  | { readonly kind: "snapshot-cut"; readonly claim: string; readonly afterMs: number }
  | { readonly kind: "snapshot-failed"; readonly claim: string; readonly message: string }
  /** How many volumes are still waited for, once everything else is stored. */
  | { readonly kind: "volumes-settling"; readonly waiting: number }
  | { readonly kind: "copy-progress"; readonly claim: string; readonly bytes: number }
  | {
      readonly kind: "copy-ended";
      readonly claim: string;
      readonly bytes: number;
      /** Of the copy; when it failed, of the attempt, with its helper. */
      readonly durationMs: number;
      /** Why it failed. */
      readonly failed?: string | undefined;
    }
  | {
      readonly kind: "resource-started";
      readonly groupResource: string;
      readonly index: number;
      readonly total: number;
    }
  | { readonly kind: "items-stored"; readonly groupResource: string; readonly total: number }
  | { readonly kind: "finding"; readonly severity: "warning" | "error"; readonly finding: Finding }
  /** A warning that is worth reading before anything happens; it comes as a finding too, or what it leads to does. */
  | { readonly kind: "warned-beforehand"; readonly finding: Finding }
  | { readonly kind: "publishing" };

export type BackupObserver = (event: BackupEvent) => void;
