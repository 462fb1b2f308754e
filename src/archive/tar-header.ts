import { quoted } from "../lib/quoted.ts";
import { TAR_BLOCK_BYTES } from "./tar-writer.ts";

/** What one header block says. Pax records that came before it are not applied. */
export type TarHeader = {
  readonly path: string;
  readonly sizeBytes: number;
  /** tar's type flag: "0" file, "5" directory, "1" link, "2" symbolic link, "x" pax, "L" GNU long name, … */
  readonly type: string;
};

const TYPE_NAMES: Readonly<Record<string, string>> = {
  "1": "a hard link",
  "2": "a symbolic link",
  "3": "a character device",
  "4": "a block device",
  "6": "a FIFO",
  "7": "a contiguous file",
  K: "a link with a long name",
  S: "a sparse file",
};

/** For messages: "a symbolic link". */
export function nameOfType(type: string): string {
  return TYPE_NAMES[type] ?? `an entry of type ${quoted(type)}`;
}

const CHECKSUM_AT = 148;
const CHECKSUM_BYTES = 8;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @returns the header, or the reason why the block is none */
export function parseTarHeader(block: Uint8Array): TarHeader | string {
  if (readOctal(block, CHECKSUM_AT, CHECKSUM_BYTES) !== checksumOf(block)) {
    return "a header's checksum is wrong";
  }
  const magic = latin1(block, 257, 8);
  if (magic !== "ustar\u000000" && magic !== "ustar  \0") return "it is not a ustar or GNU tar";
  const sizeBytes = readOctal(block, 124, 12);
  if (sizeBytes === undefined) return "a header's size is not a number";
  // In GNU's own format other things stand where ustar has its prefix.
  const prefix = magic === "ustar  \0" ? "" : readText(block, 345, 155);
  const name = readText(block, 0, 100);
  if (prefix === undefined || name === undefined) return "a path is not UTF-8";
  const flag = latin1(block, 156, 1);
  const path = prefix === "" ? name : `${prefix}/${name}`;
  // Old tars mark a regular file by NUL.
  return { path, sizeBytes, type: flag === "\0" ? "0" : flag };
}

/** As the two blocks that end a tar, and the padding after them. */
export function isAllZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0);
}

/**
 * The records of a pax header.
 * @returns undefined when they are not `<length> <key>=<value>\n` in UTF-8
 */
export function parsePaxRecords(body: Uint8Array): ReadonlyMap<string, string> | undefined {
  const records = new Map<string, string>();
  for (let from = 0; from < body.length;) {
    const digits = /^([1-9][0-9]{0,6}) /.exec(latin1(body, from, 8))?.[1];
    if (digits === undefined) return undefined;
    const end = from + Number(digits);
    if (end > body.length || body[end - 1] !== 0x0a) return undefined;
    const record = decode(body.subarray(from + digits.length + 1, end - 1));
    const equals = record?.indexOf("=") ?? -1;
    if (record === undefined || equals < 1) return undefined;
    records.set(record.slice(0, equals), record.slice(equals + 1));
    from = end;
  }
  return records;
}

/** The text of a GNU long name: up to its NUL. @returns undefined when it is not UTF-8 */
export function parseLongName(body: Uint8Array): string | undefined {
  return readText(body, 0, body.length);
}

function checksumOf(block: Uint8Array): number {
  let sum = 0x20 * CHECKSUM_BYTES;
  for (let index = 0; index < TAR_BLOCK_BYTES; index += 1) {
    const isOwn = index >= CHECKSUM_AT && index < CHECKSUM_AT + CHECKSUM_BYTES;
    if (!isOwn) sum += block[index] ?? 0;
  }
  return sum;
}

function readOctal(block: Uint8Array, at: number, size: number): number | undefined {
  const digits = /^ *([0-7]+)[ \0]*$/.exec(latin1(block, at, size))?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 8);
}

function readText(block: Uint8Array, at: number, size: number): string | undefined {
  const field = block.subarray(at, at + size);
  const end = field.indexOf(0);
  return decode(end === -1 ? field : field.subarray(0, end));
}

function latin1(bytes: Uint8Array, at: number, size: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(
    "latin1",
    at,
    at + size,
  );
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}
