import { createGzip } from "node:zlib";
import { ArkError } from "../lib/errors.ts";

/** gzip that is fed without waiting and read as an AsyncIterable, with one place to learn that the reader has gone. */
export type GzipOutput = {
  /** Takes the block over until `done` is called. After a failure it is dropped. */
  write(block: Uint8Array, done: () => void): void;
  /** Resolves when not more than `maxBytes` wait. Rejects once the reader failed or stopped. */
  drained(maxBytes: number): Promise<void>;
  /** Resolves when the reader has taken everything. Rejects as `drained`. */
  end(): Promise<void>;
  /** Ends both sides: `drained`, `end` and the reader fail with `reason`. */
  abort(reason: unknown): void;
  /** To be read once. */
  readonly output: AsyncIterable<Uint8Array>;
};

const OUTPUT_CHUNK_BYTES = 64 * 1024;

/** @param level 1 (fast) to 9 (small) */
export function createGzipOutput(level: number): GzipOutput {
  const gzip = createGzip({ level, chunkSize: OUTPUT_CHUNK_BYTES });
  const state = createState(() => gzip.destroy());
  let waitingBytes = 0;

  gzip.on("error", (error) => state.fail(error));
  gzip.on("end", () => state.finish());

  return {
    write(block, done) {
      if (state.hasFailed()) return;
      waitingBytes += block.length;
      gzip.write(block, () => {
        waitingBytes -= block.length;
        done();
        state.notify();
      });
    },
    drained: (maxBytes) => state.until(() => waitingBytes <= maxBytes),
    end() {
      gzip.end();
      return state.until(state.hasFinished);
    },
    abort: (reason) => state.fail(reason),
    output: { [Symbol.asyncIterator]: () => readerOf(gzip[Symbol.asyncIterator](), state) },
  };
}

type State = ReturnType<typeof createState>;

function createState(stop: () => void) {
  let outcome: { readonly reason: unknown } | "running" | "finished" = "running";
  let change = Promise.withResolvers<void>();

  function notify(): void {
    change.resolve();
    change = Promise.withResolvers<void>();
  }
  function settle(next: { readonly reason: unknown } | "finished"): boolean {
    if (outcome !== "running") return false;
    outcome = next;
    notify();
    return true;
  }
  function throwIfFailed(): void {
    if (typeof outcome === "object") throw outcome.reason;
  }
  return {
    notify,
    throwIfFailed,
    finish: () => void settle("finished"),
    fail(reason: unknown): void {
      if (settle({ reason })) stop();
    },
    hasFailed: () => typeof outcome === "object",
    hasFinished: () => outcome === "finished",
    async until(isReached: () => boolean): Promise<void> {
      throwIfFailed();
      while (!isReached()) {
        await change.promise;
        throwIfFailed();
      }
    },
  };
}

/** An iterator of its own, because one that was never started would not tell gzip that it was returned. */
function readerOf(chunks: AsyncIterator<Uint8Array>, state: State): AsyncIterator<Uint8Array> {
  return {
    async next() {
      state.throwIfFailed();
      try {
        return await chunks.next();
      } catch (error) {
        state.throwIfFailed();
        throw error;
      }
    },
    async return() {
      state.fail(new ArkError("Internal", "the archive was not read to its end"));
      return { done: true, value: undefined };
    },
  };
}
