/** Output of a stream: whole up to its limit, beyond that its head and its tail. */
export type CapturedOutput = {
  /** Where something is left out, a line of its own says how much. */
  readonly text: string;
  readonly totalBytes: number;
  /** Bytes left out between head and tail; 0 when whole. */
  readonly omittedBytes: number;
};

export type OutputCapture = {
  /** Copies what it keeps: the caller may reuse the chunk. */
  write(chunk: Uint8Array): void;
  result(): CapturedOutput;
};

/**
 * Keeps what a stream says within bounds, however much it says and in however many pieces.
 * @param limitBytes kept at the most: half from the start, half from the end
 */
export function captureOutput(limitBytes: number): OutputCapture {
  const headLimit = Math.floor(limitBytes / 2);
  const head = new ByteRing(headLimit);
  const tail = new ByteRing(limitBytes - headLimit);
  let totalBytes = 0;
  return {
    write(chunk) {
      const toHead = Math.min(chunk.length, Math.max(0, headLimit - totalBytes));
      head.write(chunk.subarray(0, toHead));
      tail.write(chunk.subarray(toHead));
      totalBytes += chunk.length;
    },
    result: () => join(head.bytes(), tail.bytes(), totalBytes),
  };
}

/** The last `capacity` bytes of what was written. Grows as needed. */
class ByteRing {
  readonly #capacity: number;
  #buffer = new Uint8Array(0);
  #writtenBytes = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  write(chunk: Uint8Array): void {
    const kept = chunk.subarray(Math.max(0, chunk.length - this.#capacity));
    this.#writtenBytes += chunk.length - kept.length;
    this.#reserve(this.#writtenBytes + kept.length);
    for (let done = 0; done < kept.length;) {
      const at = this.#writtenBytes % this.#capacity;
      const piece = kept.subarray(done, done + this.#capacity - at);
      this.#buffer.set(piece, at);
      this.#writtenBytes += piece.length;
      done += piece.length;
    }
  }

  bytes(): Uint8Array {
    if (this.#writtenBytes <= this.#capacity) return this.#buffer.slice(0, this.#writtenBytes);
    const oldest = this.#writtenBytes % this.#capacity;
    return Buffer.concat([this.#buffer.subarray(oldest), this.#buffer.subarray(0, oldest)]);
  }

  #reserve(bytes: number): void {
    if (bytes <= this.#buffer.length || this.#buffer.length === this.#capacity) return;
    const larger = new Uint8Array(Math.min(this.#capacity, Math.max(4096, 2 * bytes)));
    larger.set(this.#buffer);
    this.#buffer = larger;
  }
}

function join(head: Uint8Array, tail: Uint8Array, totalBytes: number): CapturedOutput {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  if (head.length + tail.length === totalBytes) {
    return { totalBytes, omittedBytes: 0, text: decoder.decode(Buffer.concat([head, tail])) };
  }
  const start = head.subarray(0, completeEnd(head));
  const end = tail.subarray(completeStart(tail));
  const omittedBytes = totalBytes - start.length - end.length;
  const gap = `\n… ${omittedBytes} bytes left out …\n`;
  return { totalBytes, omittedBytes, text: `${decoder.decode(start)}${gap}${decoder.decode(end)}` };
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** Where the last whole UTF-8 character ends: the cut must not make garbage of one. */
function completeEnd(bytes: Uint8Array): number {
  let start = bytes.length - 1;
  while (start > bytes.length - 4 && isContinuation(bytes[start])) start -= 1;
  const isCut = start >= 0 && start + lengthOf(bytes[start] ?? 0) > bytes.length;
  return isCut ? start : bytes.length;
}

/** Bytes of the character that begins with `lead`. */
function lengthOf(lead: number): number {
  if (lead >= 0xf0) return 4;
  if (lead >= 0xe0) return 3;
  return lead >= 0xc0 ? 2 : 1;
}

/** Where the first whole character begins. */
function completeStart(bytes: Uint8Array): number {
  let start = 0;
  while (start < 3 && isContinuation(bytes[start])) start += 1;
  return start;
}
