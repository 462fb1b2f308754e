import { parseGoDuration } from "../../lib/duration.ts";
import { formatGoDuration } from "../../lib/duration.ts";
import { shorten } from "../../lib/shorten.ts";
import { ORDER_KEYS } from "../annotation-keys.ts";
import type { HookPhase } from "../hook.ts";
import { hasText, PHASES, usedKeys } from "../key-sets.ts";
import { annotateCommand, mendingCommand } from "./mend-command.ts";
import { allHooks, type CheckSubject, type Fault, type Rule } from "./rule.ts";

const HOUR_MS = 3_600_000;

type Value = { readonly phase: HookPhase; readonly key: string; readonly text: string };

/** Rules on time-outs, on-error and order. */
export const valueRules: readonly Rule<CheckSubject>[] = [
  {
    id: "timeout-without-unit",
    severity: "error",
    meaning: "a time-out such as `300`: no duration without its unit, so 30s is used",
    check: (subject) =>
      valuesOf(subject, "timeout")
        .filter(({ text }) => isBare(text))
        .map((value) =>
          faultAt(value, subject, `timeout "${shorten(value.text)}" has no unit: 30s is used`),
        ),
  },
  {
    id: "bad-timeout",
    severity: "error",
    meaning: "a time-out that is no Go duration (`1d`, `5 s`) or is negative: 30s is used",
    check: (subject) =>
      valuesOf(subject, "timeout")
        .filter(({ text }) => !isBare(text) && (parseGoDuration(text) ?? -1) < 0)
        .map((value) => {
          const why = parseGoDuration(value.text) === undefined ? "is no duration" : "is negative";
          return faultAt(value, subject, `timeout "${shorten(value.text)}" ${why}: 30s is used`);
        }),
  },
  {
    id: "unlikely-timeout",
    severity: "warning",
    meaning: "a time-out of 0 (it means 30s), under a second or over an hour",
    check: (subject) => [
      ...valuesOf(subject, "timeout")
        .filter(({ text }) => parseGoDuration(text) === 0)
        .map((value) =>
          faultAt(value, subject, `timeout "${shorten(value.text)}" is the default: 30s is used`),
        ),
      ...findUnlikely(subject),
    ],
  },
  {
    id: "bad-on-error",
    severity: "error",
    meaning:
      "an on-error that is neither `Fail` nor `Continue`, in these letters: it behaves as Fail",
    check: (subject) => [
      ...valuesOf(subject, "onError")
        .filter(({ text }) => text !== "Fail" && text !== "Continue")
        .map((value) =>
          faultAt(
            value,
            subject,
            `on-error "${shorten(value.text)}" is neither Fail nor Continue: it behaves as Fail`,
          ),
        ),
      ...findSpecWarnings(subject),
    ],
  },
  {
    id: "bad-order",
    severity: "error",
    meaning: "an order that is no whole number: 0 is used",
    check: ({ place, view: { annotations } }) =>
      ORDER_KEYS.filter((key) => hasText(annotations, key))
        .filter((key) => !/^[+-]?\d{1,15}$/.test(annotations[key] ?? ""))
        .map((key) => ({
          key,
          message: `order "${shorten(annotations[key] ?? "")}" is no whole number: 0 is used`,
          fix: annotateCommand(place, { [key]: null }),
        })),
  },
];

/** A setting of the annotation hook of each phase. */
function valuesOf({ view: { annotations } }: CheckSubject, field: "timeout" | "onError"): Value[] {
  return PHASES.flatMap((phase) => {
    const key = usedKeys(annotations, phase)?.[field];
    return key !== undefined && hasText(annotations, key)
      ? [{ phase, key, text: annotations[key] ?? "" }]
      : [];
  });
}

function isBare(text: string): boolean {
  return /^\s*[+-]?\d+(\.\d+)?\s*$/.test(text) && Number(text) > 0;
}

function faultAt({ phase, key }: Value, { place, view }: CheckSubject, message: string): Fault {
  return { key, message, fix: mendingCommand(place, view.annotations, [phase]) };
}

function findUnlikely({ hooks }: CheckSubject): Fault[] {
  return allHooks(hooks)
    .filter(({ timeoutMs }) => timeoutMs < 1000 || timeoutMs > HOUR_MS)
    .map(({ origin: key, source, timeoutMs }) => ({
      key,
      source,
      message: `a time-out of ${formatGoDuration(timeoutMs)} is unlikely: ${
        timeoutMs > HOUR_MS
          ? "a hook that hangs is waited for that long"
          : "connecting alone may take longer"
      }`,
      fix: "Give the time that the command takes on a bad day, such as 30s or 5m.",
    }));
}

function findSpecWarnings({ hooks }: CheckSubject): Fault[] {
  return allHooks(hooks)
    .filter(({ source }) => source === "spec")
    .flatMap(({ origin: key, source, warnings }) =>
      warnings.map((message) => ({
        key,
        source,
        message,
        fix: "Write in the document: onError: Fail, or onError: Continue",
      })),
    );
}
