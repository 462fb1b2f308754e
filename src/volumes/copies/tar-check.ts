import { readTarHeader, sizeInPax, TAR_BLOCK_BYTES } from "./tar-header-fields.ts";

/** Pax records are kept to find an entry's size among them; extended attributes can make them large. */
const MAX_PAX_BYTES = 4 * 1024 * 1024;

type PaxRecords = { readonly records: Uint8Array; filledBytes: number };

/**
 * Follows a tar archive as it passes by, from header to header, and knows whether it has come to its end. A stream that
 * was cut off can look whole by its length and its last bytes, since data files often end in zeros.
 */
export class TarCheck {
  readonly #header = new Uint8Array(TAR_BLOCK_BYTES);
  #headerBytes = 0;
  #pax: PaxRecords | undefined;
  #paxSize: number | undefined;
  /** Content and padding of the current entry that are still to come. */
  #remainingBytes = 0;
  #zeroBlocks = 0;
  #totalBytes = 0;
  #fault: string | undefined;

  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** Why this is no archive; undefined as long as it may become one. */
  get fault(): string | undefined {
    return this.#fault;
  }

  add(piece: Uint8Array): void {
    for (let at = 0; at < piece.length && this.#fault === undefined;) {
      const rest = piece.subarray(at);
      const taken = this.#remainingBytes > 0 ? this.#takeContent(rest) : this.#takeHeader(rest);
      at += taken;
      this.#totalBytes += taken;
    }
  }

  /** Why the archive is not whole; undefined when it is: two blocks of zeros where a header would be, and only zeros after. */
  problem(): string | undefined {
    if (this.#fault !== undefined) return this.#fault;
    if (this.#zeroBlocks >= 2 && this.#headerBytes === 0) return undefined;
    return `the archive was cut off after ${this.#totalBytes} bytes`;
  }

  #takeContent(piece: Uint8Array): number {
    const taken = piece.subarray(0, this.#remainingBytes);
    this.#remainingBytes -= taken.length;
    if (this.#pax !== undefined) this.#takeRecords(this.#pax, taken);
    return taken.length;
  }

  #takeRecords(pax: PaxRecords, piece: Uint8Array): void {
    const part = piece.subarray(0, pax.records.length - pax.filledBytes);
    pax.records.set(part, pax.filledBytes);
    pax.filledBytes += part.length;
    if (this.#remainingBytes > 0) return;
    this.#paxSize = sizeInPax(pax.records);
    this.#pax = undefined;
  }

  #takeHeader(piece: Uint8Array): number {
    const taken = piece.subarray(0, TAR_BLOCK_BYTES - this.#headerBytes);
    this.#header.set(taken, this.#headerBytes);
    this.#headerBytes += taken.length;
    if (this.#headerBytes === TAR_BLOCK_BYTES) {
      this.#headerBytes = 0;
      this.#readHeader(this.#totalBytes + taken.length - TAR_BLOCK_BYTES);
    }
    return taken.length;
  }

  #readHeader(startsAt: number): void {
    if (this.#header.every((byte) => byte === 0)) {
      this.#zeroBlocks += 1;
      return;
    }
    const header = readTarHeader(this.#header);
    if (header === undefined || this.#zeroBlocks > 0) {
      this.#fault = `the archive is damaged at byte ${startsAt}`;
      return;
    }
    this.#begin(header.type, header.sizeBytes);
  }

  #begin(type: string, sizeBytes: number): void {
    if ("xgLK".includes(type)) {
      this.#remainingBytes = padded(sizeBytes);
      if (type === "x" && sizeBytes > 0 && sizeBytes <= MAX_PAX_BYTES) {
        this.#pax = { records: new Uint8Array(sizeBytes), filledBytes: 0 };
      }
      return;
    }
    // Links, devices, directories and FIFOs have no content, whatever their size says.
    const hasContent = !"123456".includes(type);
    this.#remainingBytes = hasContent ? padded(this.#paxSize ?? sizeBytes) : 0;
    this.#paxSize = undefined;
  }
}

function padded(bytes: number): number {
  return Math.ceil(bytes / TAR_BLOCK_BYTES) * TAR_BLOCK_BYTES;
}
