import { parseGoDuration } from "../../lib/duration.ts";
import { ArkError } from "../../lib/errors.ts";

/** A timer of Node fires at once beyond this. */
const maxTimerMs = 2 ** 31 - 1;

/**
 * Reads --request-timeout as kubectl does: whole seconds or a Go duration.
 * @returns milliseconds; 0 means no time-out
 * @throws ArkError Usage
 */
export function parseRequestTimeout(text: string | undefined): number {
  if (text === undefined || text === "") return 0;
  const timeoutMs = /^\d+$/.test(text) ? Number(text) * 1000 : parseGoDuration(text);
  if (timeoutMs !== undefined && timeoutMs >= 0 && timeoutMs <= maxTimerMs) return timeoutMs;
  throw new ArkError("Usage", `--request-timeout "${text.slice(0, 40)}" is not a time-out`, {
    hint: "Give whole seconds or a number with a unit, such as 30s, 2m or 1h; 0 means none.",
  });
}
