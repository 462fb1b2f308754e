const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
/** "[" and "]" differ from "{" and "}" in this bit only. */
const BRACE_BIT = 0x20;

/** A string that is still open after this many bytes is left to the native search for its quote. */
const LONG_STRING_BYTES = 48;

export type ByteRange = { readonly start: number; readonly end: number };

/** Thrown by JsonCursor where the text is not JSON. */
export class JsonTextError extends Error {}

/**
 * Steps through JSON text without building values, to find where they begin and end. It checks the structure it walks;
 * inside a value that is skipped only strings and the balance of brackets count.
 */
export class JsonCursor {
  #at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Steps into the object or array at the cursor; false when it is empty (the cursor is then behind it). */
  enter(open: "{" | "["): boolean {
    this.#expect(open.charCodeAt(0));
    return !this.#take(open === "{" ? CLOSE_BRACE : CLOSE_BRACE ^ BRACE_BIT);
  }

  /** Steps from behind a member or element to the next one; false when the object or array ends here. */
  next(close: "}" | "]"): boolean {
    if (this.#take(COMMA)) return true;
    this.#expect(close.charCodeAt(0));
    return false;
  }

  /** Reads a member's key and steps to its value. */
  readKey(): string {
    const { start, end } = this.skipString();
    const text = this.#bytes.toString("latin1", start + 1, end - 1);
    this.#expect(COLON);
    return text.includes("\\") || hasHighBytes(text) ? String(this.parse({ start, end })) : text;
  }

  skipString(): ByteRange {
    this.#skipSpace();
    const start = this.#at;
    if (this.#bytes[start] !== QUOTE) throw this.#unexpected();
    this.#at = this.#endOfString(start + 1);
    return { start, end: this.#at };
  }

  /** Steps over any value and says where it lies. */
  skipValue(): ByteRange {
    this.#skipSpace();
    const start = this.#at;
    const first = this.#bytes[start];
    if (first === QUOTE) this.#at = this.#endOfString(start + 1);
    else if (first !== undefined && (first | BRACE_BIT) === OPEN_BRACE)
      this.#at = this.#endOfNested(start);
    else this.#at = this.#endOfScalar(start);
    return { start, end: this.#at };
  }

  /** Where the next token begins. */
  start(): number {
    this.#skipSpace();
    return this.#at;
  }

  /** The first character of the next token; "" at the end of the text. */
  peek(): string {
    const byte = this.#bytes[this.start()];
    return byte === undefined ? "" : String.fromCharCode(byte);
  }

  /** Just behind what was read last. */
  get end(): number {
    return this.#at;
  }

  /** @throws JsonTextError when anything but white space follows. */
  expectEnd(): void {
    this.#skipSpace();
    if (this.#at < this.#bytes.length) throw this.#unexpected();
  }

  /** The value in `range`, with the part in `without` left out of its text. */
  parse(range: ByteRange, without?: ByteRange): unknown {
    const text =
      without === undefined
        ? this.#bytes.toString("utf8", range.start, range.end)
        : this.#bytes.toString("utf8", range.start, without.start) +
          this.#bytes.toString("utf8", without.end, range.end);
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new JsonTextError(`invalid JSON at byte ${range.start}`, { cause });
    }
  }

  #endOfString(from: number): number {
    const bytes = this.#bytes;
    let at = from;
    for (let patience = LONG_STRING_BYTES; ; patience *= 2) {
      const limit = Math.min(at + patience, bytes.length);
      while (at < limit) {
        const byte = bytes[at++];
        if (byte === QUOTE) return at;
        if (byte === BACKSLASH) at++;
      }
      const quote = bytes.indexOf(QUOTE, at);
      if (quote < 0) throw this.#truncated();
      if (!isEscaped(bytes, at, quote)) return quote + 1;
      at = quote + 1;
    }
  }

  #endOfNested(from: number): number {
    const bytes = this.#bytes;
    const length = bytes.length;
    let depth = 0;
    let at = from;
    while (at < length) {
      const byte = bytes[at++] ?? 0;
      if (byte === QUOTE) {
        at = this.#endOfString(at);
        continue;
      }
      const brace = byte | BRACE_BIT;
      if (brace === OPEN_BRACE) depth++;
      else if (brace === CLOSE_BRACE && --depth === 0) return at;
    }
    throw this.#truncated();
  }

  #endOfScalar(from: number): number {
    const bytes = this.#bytes;
    let at = from;
    while (isScalarByte(bytes[at])) at++;
    if (at === from) throw this.#unexpected();
    return at;
  }

  #skipSpace(): void {
    const bytes = this.#bytes;
    while (isSpace(bytes[this.#at])) this.#at++;
  }

  #take(byte: number): boolean {
    this.#skipSpace();
    if (this.#bytes[this.#at] !== byte) return false;
    this.#at++;
    return true;
  }

  #expect(byte: number): void {
    if (!this.#take(byte)) throw this.#unexpected();
  }

  #unexpected(): JsonTextError {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) return this.#truncated();
    const character = JSON.stringify(String.fromCharCode(byte));
    return new JsonTextError(`unexpected ${character} at byte ${this.#at}`);
  }

  #truncated(): JsonTextError {
    return new JsonTextError(`it ends too early, after ${this.#bytes.length} bytes`);
  }
}

/** Whether an odd number of backslashes stands before `quote`; `from` is where no escape is open. */
function isEscaped(bytes: Buffer, from: number, quote: number): boolean {
  let first = quote;
  while (first > from && bytes[first - 1] === BACKSLASH) first--;
  return (quote - first) % 2 === 1;
}

function hasHighBytes(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) > 0x7f) return true;
  }
  return false;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** The bytes of numbers, true, false and null. */
function isScalarByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  if (byte >= 0x30 && byte <= 0x39) return true;
  return (
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2d ||
    byte === 0x2e ||
    byte === 0x2b ||
    byte === 0x45
  );
}
