import { ArkError } from "../../lib/errors.ts";
import { formatGoDuration } from "../../lib/duration.ts";
import type { BackupRun } from "../backup-run.ts";

/** Why a block cannot go on as quiesced. */
export type WindowBreak =
  | { readonly kind: "max-freeze" }
  /** A guard has ended early; how is in its own report. */
  | { readonly kind: "guard ended" }
  /** This client was not heard for so long that a guard may have thawed. */
  | { readonly kind: "silence"; readonly silentMs: number };

/** The time in which a block may be taken for quiesced. */
export type FreezeWindow = {
  /** Aborts when the caller's signal does, when the time is over, and when the window is broken. */
  readonly signal: AbortSignal;
  /** Lets the time of `--max-freeze` run, from the first pod that is quiesced. */
  begin(): void;
  /** Ends the window before its time; only the first reason counts. */
  breakOff(why: WindowBreak): void;
  /** Why it ended by itself. */
  broken(): WindowBreak | undefined;
  /** Leaves no timer behind; nothing breaks it any more. */
  close(): void;
};

/** A window that is not limited in time before it is begun. */
export function openFreezeWindow(run: BackupRun, signal: AbortSignal): FreezeWindow {
  const [over, done] = [new AbortController(), new AbortController()];
  const { maxFreezeMs } = run.plan.request;
  let broken: WindowBreak | undefined;
  let isBegun = false;
  const breakOff = (why: WindowBreak): void => {
    if (done.signal.aborted || over.signal.aborted || signal.aborted) return;
    broken = why;
    over.abort(new ArkError("Timeout", describe(why, maxFreezeMs)));
  };
  return {
    signal: AbortSignal.any([signal, over.signal]),
    begin() {
      if (isBegun) return;
      isBegun = true;
      run.clock.sleep(maxFreezeMs, done.signal).then(
        () => breakOff({ kind: "max-freeze" }),
        () => {},
      );
    },
    breakOff,
    broken: () => broken,
    close: () => done.abort(),
  };
}

function describe(why: WindowBreak, maxFreezeMs: number): string {
  if (why.kind === "max-freeze") return `frozen for ${formatGoDuration(maxFreezeMs)}`;
  return why.kind === "silence" ? "this client was not heard for too long" : "a guard has ended";
}
