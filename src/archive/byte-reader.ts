const NOTHING = new Uint8Array(0);

/** Pulls exact numbers of bytes from a stream of chunks. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = NOTHING;
  #position = 0;

  constructor(chunks: AsyncIterator<Uint8Array>) {
    this.#chunks = chunks;
  }

  /** Bytes taken so far. */
  get position(): number {
    return this.#position;
  }

  /** The next `sizeBytes` bytes; fewer at the end of the stream. Memory grows with what arrives, not with what is asked for. */
  async read(sizeBytes: number): Promise<Uint8Array> {
    const first = await this.#take(sizeBytes);
    if (first.length === sizeBytes || first.length === 0) return first;
    const parts = [first];
    for (let missing = sizeBytes - first.length; missing > 0;) {
      const part = await this.#take(missing);
      if (part.length === 0) break;
      parts.push(part);
      missing -= part.length;
    }
    return Buffer.concat(parts);
  }

  /** @returns how many of `sizeBytes` bytes could be passed over */
  async skip(sizeBytes: number): Promise<number> {
    let left = sizeBytes;
    while (left > 0) {
      const part = await this.#take(left);
      if (part.length === 0) break;
      left -= part.length;
    }
    return sizeBytes - left;
  }

  /** What is left, chunk by chunk. */
  async *rest(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      const part = await this.#take(Number.MAX_SAFE_INTEGER);
      if (part.length === 0) return;
      yield part;
    }
  }

  /** 1 to `maxBytes` bytes; none at the end, or when none are asked for. */
  async #take(maxBytes: number): Promise<Uint8Array> {
    if (maxBytes === 0) return NOTHING;
    while (this.#chunk.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) return NOTHING;
      this.#chunk = next.value;
    }
    const part = this.#chunk.subarray(0, maxBytes);
    this.#chunk = this.#chunk.subarray(part.length);
    this.#position += part.length;
    return part;
  }
}
