/** Bytes of a tar's header and of each unit of its content. */
export const TAR_BLOCK_BYTES = 512;

export type TarHeader = {
  /** One character: "0" a file, "5" a directory, "x" pax records of the next entry, … */
  readonly type: string;
  /** What the size field says; records of a pax header go before it. */
  readonly sizeBytes: number;
};

/** Knows octal sizes and GNU's binary ones. @returns undefined for what is no header */
export function readTarHeader(block: Uint8Array): TarHeader | undefined {
  const sizeBytes = sizeIn(block.subarray(124, 136));
  if (sizeBytes === undefined || !hasValidChecksum(block)) return undefined;
  return { type: String.fromCharCode(block[156] ?? 0), sizeBytes };
}

function sizeIn(field: Uint8Array): number | undefined {
  if (field[0] === 0x80) {
    const size = field.subarray(1).reduce((value, byte) => value * 256 + byte, 0);
    return Number.isSafeInteger(size) ? size : undefined;
  }
  const digits = latin1(field).replaceAll("\0", " ").trim();
  return /^[0-7]*$/.test(digits) ? Number.parseInt(digits || "0", 8) : undefined;
}

/** The sum of all bytes, with its own field counted as spaces. */
function hasValidChecksum(block: Uint8Array): boolean {
  const stored = Number.parseInt(latin1(block.subarray(148, 156)).replaceAll("\0", " "), 8);
  const field = block.subarray(148, 156);
  return sum(block) - sum(field) + field.length * 0x20 === stored;
}

function sum(bytes: Uint8Array): number {
  let total = 0;
  // Not reduce: an archive of small files is mostly headers.
  for (let at = 0; at < bytes.length; at += 1) total += bytes[at] ?? 0;
  return total;
}

/** The size among pax records ("LENGTH KEY=VALUE\n", the length counting all of it); undefined when there is none. */
export function sizeInPax(records: Uint8Array): number | undefined {
  let size: number | undefined;
  for (let at = 0; at < records.length;) {
    const length = Number(/^\d+(?= )/.exec(latin1(records.subarray(at, at + 12)))?.[0] ?? 0);
    if (length === 0) return size;
    // Longer records are no size.
    const record = latin1(records.subarray(at, at + Math.min(length, 64)));
    const value = /^\d+ size=(\d{1,16})\n$/.exec(record)?.[1];
    if (value !== undefined) size = Number(value);
    at += length;
  }
  return size;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("latin1");
}
