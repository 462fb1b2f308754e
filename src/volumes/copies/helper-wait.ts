import { pause } from "../../lib/pause.ts";
import { parseRawObject } from "../../cluster/raw-object.ts";
import { formatGoDuration } from "../../lib/duration.ts";
import { ArkError, hasCode, throwIfAborted } from "../../lib/errors.ts";
import { shorten } from "../../lib/shorten.ts";
import type { HelperObjects } from "./helper-objects.ts";
import { helperState, type HelperState } from "./helper-state.ts";
import { claimTrouble } from "./helper-trouble.ts";
import { resourceNamed } from "./helper-resources.ts";
import type { CopyTools } from "./volume-copies.ts";

const POLL_MS = 500;
const MAX_WHY = 500;

/**
 * Waits until the helper pod runs.
 * @throws ArkError with what holds it up: Timeout, ServerError when it cannot run; Cancelled; what the API server refuses
 */
export async function untilRunning(
  helper: HelperObjects,
  tools: CopyTools,
  signal: AbortSignal,
): Promise<void> {
  const untilMs = tools.clock.monotonicMs() + tools.helper.timeoutMs;
  while (true) {
    const state = await readState(helper, tools, signal);
    if (state.kind === "running") return;
    if (state.kind === "broken") {
      const why = `helper pod ${helper.name} cannot run: ${shorten(state.why, MAX_WHY)}`;
      throw new ArkError("ServerError", why, { hint: state.hint });
    }
    if (tools.clock.monotonicMs() >= untilMs) throw await tooLate(helper, state.why, tools, signal);
    await pause(tools.clock, POLL_MS, signal);
  }
}

async function readState(
  { namespace, name }: HelperObjects,
  tools: CopyTools,
  signal: AbortSignal,
): Promise<HelperState> {
  try {
    const pods = resourceNamed("pods", tools);
    return helperState(parseRawObject(await tools.cluster.get(pods, { namespace, name }, signal)));
  } catch (error) {
    throwIfAborted(signal);
    if (hasCode(error, "NotFound")) return { kind: "broken", why: "somebody has removed it" };
    if (!hasCode(error, "ClusterUnreachable", "Timeout", "ServerError")) throw error;
    return { kind: "waiting", why: error.message };
  }
}

async function tooLate(
  helper: HelperObjects,
  podWhy: string,
  tools: CopyTools,
  signal: AbortSignal,
): Promise<ArkError> {
  const claimWhy = await claimTrouble(helper, tools, signal);
  const why = shorten([podWhy, claimWhy].filter(Boolean).join("; claim: "), MAX_WHY);
  const limit = formatGoDuration(tools.helper.timeoutMs);
  return new ArkError("Timeout", `helper pod ${helper.name} did not run within ${limit}: ${why}`);
}
