import { ArkError } from "../../lib/errors.ts";

/** Large enough for a compressor to be called seldom, small enough for several copies at once. */
const BLOCK_BYTES = 256 * 1024;
const MAX_WAITING_BLOCKS = 2;

type End = "open" | "ended" | "drained" | { readonly reason: ArkError };

/** From someone who calls with small pieces to someone who reads large blocks; not more than a few blocks wait. */
export class CopyChannel {
  /** To be read once. */
  readonly blocks: AsyncIterable<Uint8Array>;
  readonly #waiting: Uint8Array[] = [];
  #block: Uint8Array = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  #filledBytes = 0;
  #end: End = "open";
  #change = Promise.withResolvers<void>();

  constructor() {
    const iterator = { next: () => this.#next(), return: () => this.#giveUp() };
    this.blocks = { [Symbol.asyncIterator]: () => iterator };
  }

  /** Whether the sender is held back. */
  get isFull(): boolean {
    return this.#waiting.length > MAX_WAITING_BLOCKS;
  }

  /** Whether the reader has taken everything, the end included. */
  get isDrained(): boolean {
    return this.#end === "drained";
  }

  /**
   * Copies the piece. A returned promise holds the sender back until the reader has taken enough.
   * @throws ArkError what `fail` was given; Internal once the reader has gone
   */
  write(piece: Uint8Array): Promise<void> | undefined {
    this.#throwIfFailed();
    for (let done = 0; done < piece.length;) {
      const part = piece.subarray(done, done + BLOCK_BYTES - this.#filledBytes);
      this.#block.set(part, this.#filledBytes);
      this.#filledBytes += part.length;
      done += part.length;
      if (this.#filledBytes === BLOCK_BYTES) this.#flush();
    }
    return this.isFull ? this.#untilTaken() : undefined;
  }

  /** All of it has come: the reader gets the rest and the end. */
  end(): void {
    if (this.#end !== "open") return;
    this.#end = "ended";
    this.#flush();
  }

  /** What has come must not be kept: the reader gets the error at once. No effect once it has taken everything. */
  fail(reason: ArkError): void {
    if (this.#end === "drained" || typeof this.#end === "object") return;
    this.#end = { reason };
    this.#notify();
  }

  #flush(): void {
    if (this.#filledBytes > 0) this.#waiting.push(this.#block.subarray(0, this.#filledBytes));
    this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.#filledBytes = 0;
    this.#notify();
  }

  async #untilTaken(): Promise<void> {
    while (this.isFull) {
      await this.#change.promise;
      this.#throwIfFailed();
    }
  }

  async #next(): Promise<IteratorResult<Uint8Array, undefined>> {
    while (true) {
      this.#throwIfFailed();
      const value = this.#waiting.shift();
      if (value !== undefined) {
        this.#notify();
        return { done: false, value };
      }
      if (this.#end !== "open") {
        this.#end = "drained";
        return { done: true, value: undefined };
      }
      await this.#change.promise;
    }
  }

  async #giveUp(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.fail(new ArkError("Internal", "the copy was not read to its end"));
    return { done: true, value: undefined };
  }

  #throwIfFailed(): void {
    if (typeof this.#end === "object") throw this.#end.reason;
  }

  #notify(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers<void>();
  }
}
