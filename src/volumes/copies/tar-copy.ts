import type { ExecOutcome, ExecRequest } from "../../cluster/cluster.ts";
import { formatGoDuration } from "../../lib/duration.ts";
import { ArkError, messageOf } from "../../lib/errors.ts";
import { CopyChannel } from "./copy-channel.ts";
import { compressBlocks } from "./copy-compression.ts";
import { watchForStall } from "./copy-stall.ts";
import { TarCheck } from "./tar-check.ts";
import { createTarComplaints } from "./tar-complaints.ts";
import { tarCommand } from "./tar-script.ts";
import { judgeTar, type TarVerdict } from "./tar-verdict.ts";
import type { CopyOutcome, CopyTools, WriteContent } from "./volume-copies.ts";

/** What to copy, and from where. */
export type TarSource = {
  /** "namespace/claim" */
  readonly claim: string;
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly directory: string;
  /** Mounts below the directory that are not the claim's. */
  readonly nestedMounts: readonly string[];
};

export type TarOutcome =
  | CopyOutcome
  /** There is no shell or no tar; nothing was given to `write`. */
  | { readonly kind: "no tar"; readonly reason: string };

type TarTools = Pick<CopyTools, "cluster" | "clock" | "onProgress">;

const STALL_MS = 10 * 60_000;
/** For a store to notice that what it writes has failed. */
const STORE_GRACE_MS = 30_000;

/**
 * Runs tar in a container and gives its compressed output to `write`, which is called once the first byte has come.
 * Unless tar has ended well and its archive is whole, what `write` reads throws. Never throws.
 */
export async function copyByTar(
  source: TarSource,
  write: WriteContent,
  tools: TarTools,
  signal: AbortSignal,
): Promise<TarOutcome> {
  const copy = new TarCopy(source, write, tools);
  return copy.run(signal);
}

class TarCopy {
  readonly #source: TarSource;
  readonly #write: WriteContent;
  readonly #tools: TarTools;
  readonly #channel = new CopyChannel();
  readonly #check = new TarCheck();
  readonly #complaints = createTarComplaints();
  /** Aborts with an ArkError when this client has a reason to break off. */
  readonly #breakOff = new AbortController();
  /** Resolves when the store has, either way. */
  #stored: Promise<void> | undefined;
  #isStored = false;

  constructor(source: TarSource, write: WriteContent, tools: TarTools) {
    this.#source = source;
    this.#write = write;
    this.#tools = tools;
  }

  async run(signal: AbortSignal): Promise<TarOutcome> {
    const { cluster, clock } = this.#tools;
    const startedAt = clock.now();
    const watch = watchForStall(clock, STALL_MS, () => this.#stalled());
    const request = this.#request(watch.touch);
    const ending = AbortSignal.any([signal, this.#breakOff.signal]);
    const outcome = await cluster
      .exec(request, ending)
      .catch((error: unknown): ExecOutcome => ({ kind: "unknown", message: messageOf(error) }));
    const verdict = this.#judge(outcome);
    if (verdict.kind === "whole") await this.#finish(ending);
    else await this.#reject(verdict.reason, signal);
    watch.stop();
    if (verdict.kind !== "whole") return verdict;
    if (!this.#isStored) return toFailure(ending.reason);
    const { warnings, isIncomplete } = verdict;
    const uncompressedBytes = this.#check.totalBytes;
    const endedAt = clock.now();
    return { kind: "copied", startedAt, endedAt, uncompressedBytes, warnings, isIncomplete };
  }

  #request(touch: () => void): ExecRequest {
    const { namespace, pod, container, directory, nestedMounts } = this.#source;
    return {
      namespace,
      pod,
      container,
      command: tarCommand(directory, nestedMounts.length > 0),
      onStdout: (piece) => {
        touch();
        return this.#take(piece, touch);
      },
      onStderr: (piece) => {
        touch();
        this.#complaints.write(piece);
      },
    };
  }

  #take(piece: Uint8Array, touch: () => void): Promise<void> | undefined {
    this.#check.add(piece);
    const { fault, totalBytes } = this.#check;
    if (fault !== undefined) this.#end(new ArkError("ServerError", fault));
    this.#stored ??= this.#store();
    this.#tools.onProgress?.(this.#source.claim, totalBytes);
    return this.#channel.write(piece)?.then(touch);
  }

  /** Ends the copy as soon as the store has failed, or has stopped reading. */
  async #store(): Promise<void> {
    try {
      await this.#write(compressBlocks(this.#channel.blocks));
      if (!this.#channel.isDrained) throw new Error("it was not read to its end");
      this.#isStored = true;
    } catch (error) {
      this.#end(storeError(error));
    }
  }

  #stalled(): void {
    const who = this.#channel.isFull ? "the store took no data" : "no data came from tar";
    this.#end(new ArkError("Timeout", `${who} for ${formatGoDuration(STALL_MS)}`));
  }

  #end(reason: ArkError): void {
    this.#breakOff.abort(reason);
    this.#channel.fail(reason);
  }

  #judge(outcome: ExecOutcome): TarVerdict {
    const { signal } = this.#breakOff;
    const problem = this.#check.problem();
    const brokenOff: unknown = signal.aborted ? signal.reason : undefined;
    return judgeTar({
      outcome,
      problem,
      report: this.#complaints.result(),
      brokenOff: brokenOff instanceof ArkError ? brokenOff : undefined,
      nestedMounts: this.#source.nestedMounts,
    });
  }

  /** Lets the store come to the end, or makes it fail once there is a reason to break off. */
  async #finish(ending: AbortSignal): Promise<void> {
    this.#channel.end();
    await Promise.race([this.#stored, whenAborted(ending)]);
    if (ending.aborted) await this.#reject("interrupted", ending);
  }

  /** Makes the store fail, so that it keeps nothing, and does not wait for it much longer. */
  async #reject(reason: string, signal: AbortSignal): Promise<void> {
    const code = signal.aborted ? "Cancelled" : "ServerError";
    this.#channel.fail(new ArkError(code, `the copy of ${this.#source.claim} failed: ${reason}`));
    if (this.#stored === undefined) return;
    const done = new AbortController();
    const grace = this.#tools.clock.sleep(STORE_GRACE_MS, done.signal).catch(() => {});
    await Promise.race([this.#stored, grace]);
    done.abort();
  }
}

function whenAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function storeError(error: unknown): ArkError {
  const hint = error instanceof ArkError ? error.hint : undefined;
  return new ArkError("StoreUnavailable", `the copy could not be stored: ${messageOf(error)}`, {
    hint,
    cause: error,
  });
}

function toFailure(reason: unknown): CopyOutcome {
  return reason instanceof ArkError
    ? { kind: "failed", reason: reason.message, hint: reason.hint }
    : { kind: "failed", reason: "interrupted" };
}
