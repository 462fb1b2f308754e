import { formatSeconds } from "../print/quantities.ts";
import { ok, type Verdict, warn } from "./check.ts";
import type { ServerAnswer } from "./doctor-tools.ts";

const MAX_SKEW_MS = 5000;

/** Whether this machine and the cluster agree on the time, as far as a Date header can tell. */
export function judgeClock({ clock }: Pick<ServerAnswer, "clock">): Verdict {
  if (clock === undefined) {
    return warn("the server does not say its time", "Compare the clocks by hand.");
  }
  const { aheadMs, uncertaintyMs } = clock;
  const offMs = Math.max(0, Math.abs(aheadMs) - uncertaintyMs);
  if (offMs <= MAX_SKEW_MS) {
    return ok(`within ${formatSeconds(Math.max(1000, offMs + uncertaintyMs))} of the server's`);
  }
  const direction = aheadMs > 0 ? "behind" : "ahead of";
  return warn(
    `this machine's clock is about ${formatSeconds(Math.abs(aheadMs))} ${direction} the server's`,
    "Set both by NTP: the times of freezes, expiry, tokens and certificates depend on them.",
  );
}
