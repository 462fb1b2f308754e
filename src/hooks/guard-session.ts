import type { Cluster, ExecOutcome } from "../cluster/cluster.ts";
import type { Clock } from "../lib/clock.ts";
import { messageOf } from "../lib/errors.ts";
import { GUARD_READY, GUARD_WORDS, guardCommand, type GuardTask } from "./guard-script.ts";

/** Two may be lost before the guard takes the client for gone. */
const HEARTBEAT_MS = 5_000;
/** It says a line or two: more is not its own. */
const OUTPUT_LIMIT_CHARS = 4096;

export type GuardPlace = GuardTask & {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
};

/** The connection to a guard. */
export type GuardSession = {
  readonly ready: Promise<"ready">;
  readonly end: Promise<ExecOutcome>;
  /** Resolves with the time between two heartbeats when that was longer than the guard's patience. */
  readonly gap: Promise<number>;
  /** Said at once, and again as every further heartbeat: a word may get lost. */
  say(word: string): void;
  /** Ends what is said to it, with a last word. */
  close(lastWord: string): void;
  /** Cuts the connection. */
  cut(): void;
  output(): string;
};

/** Starts a guard and lets it hear of the client from then on. */
export function openGuardSession(
  place: GuardPlace,
  { cluster, clock }: { readonly cluster: Pick<Cluster, "exec">; readonly clock: Clock },
): GuardSession {
  const ready = Promise.withResolvers<"ready">();
  const speech = openSpeech(place.silenceSeconds * 1000, clock);
  const connection = new AbortController();
  const { command, stdin } = guardCommand(place);
  const { namespace, pod, container } = place;
  let output = "";
  const onStdout = (chunk: Uint8Array): void => {
    if (output.length < OUTPUT_LIMIT_CHARS) output += Buffer.from(chunk).toString("utf8");
    if (new RegExp(`^${GUARD_READY}$`, "m").test(output)) ready.resolve("ready");
  };
  const request = { namespace, pod, container, command, onStdout, onStderr: () => {} };
  const end = cluster
    .exec({ ...request, stdin: speech.chunks(stdin) }, connection.signal)
    .catch((error: unknown): ExecOutcome => ({ kind: "unknown", message: messageOf(error) }))
    .finally(() => speech.close());
  return {
    ready: ready.promise,
    end,
    gap: speech.gap,
    say: (word) => speech.say(word),
    close: (lastWord) => speech.close(lastWord),
    cut: () => connection.abort(),
    output: () => output,
  };
}

type Speech = Pick<GuardSession, "gap" | "say"> & {
  close(lastWord?: string): void;
  /** What goes to the guard: the opening, then words, and heartbeats while there are none. */
  chunks(opening: string): AsyncIterable<Uint8Array>;
};

function openSpeech(silenceMs: number, clock: Clock): Speech {
  const gap = Promise.withResolvers<number>();
  const words: string[] = [];
  let heartbeat: string = GUARD_WORDS.heartbeat;
  const closed = new AbortController();
  let wake = new AbortController();
  const sinceLast = createGapMeter(clock);
  const nap = async (): Promise<void> => {
    wake = new AbortController();
    await clock.sleep(HEARTBEAT_MS, wake.signal).catch(() => {});
  };
  return {
    gap: gap.promise,
    say(word) {
      if (closed.signal.aborted) return;
      heartbeat = word;
      words.push(word);
      wake.abort();
    },
    close(lastWord) {
      if (closed.signal.aborted) return;
      closed.abort();
      if (lastWord !== undefined) words.push(lastWord);
      wake.abort();
    },
    async *chunks(opening) {
      yield Buffer.from(opening);
      while (!closed.signal.aborted || words.length > 0) {
        const silentMs = sinceLast();
        if (silentMs >= silenceMs && !closed.signal.aborted) gap.resolve(silentMs);
        const word = words.shift();
        yield Buffer.from(`${word ?? heartbeat}\n`);
        if (words.length === 0 && !closed.signal.aborted) await nap();
      }
    },
  };
}

/** Milliseconds since it was asked last, by the clock that says more: one of them may stand still while a laptop sleeps. */
function createGapMeter(clock: Clock): () => number {
  let [wallMs, monotonicMs] = [clock.now().getTime(), clock.monotonicMs()];
  return () => {
    const [wallNow, monotonicNow] = [clock.now().getTime(), clock.monotonicMs()];
    const passedMs = Math.max(wallNow - wallMs, monotonicNow - monotonicMs);
    [wallMs, monotonicMs] = [wallNow, monotonicNow];
    return passedMs;
  };
}
