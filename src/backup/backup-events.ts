import type { HookOutcome, HookPhase } from "../hooks/hook.ts";
import type { BackupPlan } from "./plan-backup.ts";
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
  | {
      readonly kind: "resource-started";
      readonly groupResource: string;
      readonly index: number;
      readonly total: number;
    }
  | { readonly kind: "items-stored"; readonly groupResource: string; readonly total: number }
  | { readonly kind: "finding"; readonly severity: "warning" | "error"; readonly finding: Finding }
  /** A warning that is worth reading before anything happens; it comes as a finding too. */
  | { readonly kind: "warned-beforehand"; readonly finding: Finding }
  | { readonly kind: "publishing" };

export type BackupObserver = (event: BackupEvent) => void;
