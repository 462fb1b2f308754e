import type { Clock } from "../../lib/clock.ts";
import { ArkError, hasCode, throwIfAborted } from "../../lib/errors.ts";
import { withTimeLimit } from "../../lib/time-limit.ts";
import { type Check, type CheckResult, fail, failOf, type Verdict } from "./check.ts";

const LATE_HINT = "Check the network, the VPN, a proxy, or the disk: it was given up.";

export type RunChecksOptions = {
  readonly clock: Clock;
  /** For each check. */
  readonly limitMs: number;
  /** Told of each in the order of the list, as soon as it and those before it are over. */
  readonly onResult: (result: CheckResult) => void;
};

/**
 * Runs all checks side by side, each as soon as those that it needs are over, and skips it when one of them is not well.
 * None can hold the others up: after `limitMs` it has failed.
 * @throws ArkError Cancelled; a check that throws anything but an ArkError is a fault of ours
 */
export async function runChecks(
  checks: readonly Check[],
  options: RunChecksOptions,
  signal: AbortSignal,
): Promise<readonly CheckResult[]> {
  const started = new Map<string, Promise<CheckResult>>();
  for (const check of checks) started.set(check.name, runAfter(check, started, options, signal));
  // All are waited for below; a fault of a later one must not go unheard meanwhile.
  const all = Promise.all(started.values());
  all.catch(() => {});
  const results: CheckResult[] = [];
  for (const running of started.values()) {
    const result = await running;
    options.onResult(result);
    results.push(result);
  }
  return results;
}

async function runAfter(
  { name, needs, run }: Check,
  started: ReadonlyMap<string, Promise<CheckResult>>,
  options: RunChecksOptions,
  signal: AbortSignal,
): Promise<CheckResult> {
  const needed = await Promise.all(needs.flatMap((other) => started.get(other) ?? []));
  const culprit = needed.find(({ status }) => status === "fail" || status === "skipped");
  if (culprit) return { name, status: "skipped", message: reasonToSkip(culprit) };
  return { name, ...(await limited(run, options, signal)) };
}

function reasonToSkip({ name, status, message }: CheckResult): string {
  return status === "skipped" ? message : `not looked at: ${name} failed`;
}

async function limited(
  run: Check["run"],
  { clock, limitMs }: RunChecksOptions,
  signal: AbortSignal,
): Promise<Verdict> {
  try {
    return await withTimeLimit({ clock, limitMs, what: "no answer" }, signal, (inner) =>
      // A file system that hangs hears of no signal.
      Promise.race([run(inner), whenAborted(inner)]),
    );
  } catch (error) {
    throwIfAborted(signal);
    if (hasCode(error, "Timeout") && error.hint === undefined)
      return fail(error.message, LATE_HINT);
    if (error instanceof ArkError) return failOf(error);
    throw error;
  }
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}
