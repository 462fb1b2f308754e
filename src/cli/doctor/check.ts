import { ArkError, messageOf } from "../../lib/errors.ts";

/** skipped: something that it needs is not well. */
export type CheckStatus = "ok" | "warn" | "fail" | "skipped";

/** What a check has found, and what to do about it. `fail`: a backup would not work. */
export type Verdict = {
  readonly status: CheckStatus;
  readonly message: string;
  readonly hint?: string | undefined;
};

export type CheckResult = Verdict & { readonly name: string };

export type Check = {
  readonly name: string;
  /** Names of earlier checks without whose success it makes no sense. */
  readonly needs: readonly string[];
  /** An ArkError that it throws is a `fail`. */
  readonly run: (signal: AbortSignal) => Promise<Verdict>;
};

export function ok(message: string): Verdict {
  return { status: "ok", message };
}

export function warn(message: string, hint?: string): Verdict {
  return { status: "warn", message, hint };
}

export function fail(message: string, hint?: string): Verdict {
  return { status: "fail", message, hint };
}

export function failOf(error: unknown): Verdict {
  return fail(messageOf(error), error instanceof ArkError ? error.hint : undefined);
}

/** The facts that hold, after each other; empty ones are left out. */
export function joined(...parts: readonly (string | false | undefined)[]): string {
  return parts.filter(Boolean).join(", ");
}

export type Remark = Verdict | undefined | false;

/** A verdict on facts: ok, or as bad as the worst of the remarks, which follow the facts with all their hints. */
export function judged(facts: string, ...remarks: readonly Remark[]): Verdict {
  const given = remarks.filter((remark) => remark !== undefined && remark !== false);
  if (given.length === 0) return ok(facts);
  const hints = new Set(given.flatMap(({ hint }) => hint ?? []));
  return {
    status: given.some(({ status }) => status === "fail") ? "fail" : "warn",
    message: [facts, ...given.map(({ message }) => message)].join("; "),
    hint: hints.size === 0 ? undefined : [...hints].join(" "),
  };
}
