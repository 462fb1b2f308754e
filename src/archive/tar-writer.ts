/** ustar with pax where ustar ends: the headers of regular files, mode 0755, owner 0. */

export const TAR_BLOCK_BYTES = 512;

const NAME_BYTES = 100;
const PREFIX_BYTES = 155;
const MAX_OCTAL = 0o77777777777;
const CHECKSUM_AT = 148;

const encoder = new TextEncoder();

type Fields = {
  readonly prefix: string;
  readonly name: string;
  readonly sizeBytes: number;
  readonly mtimeSeconds: number;
  readonly type: "0" | "x";
};

/**
 * The header of a regular file: one block, or with a pax header before it when the path is not ASCII or does not fit
 * ustar's fields, or the size is over 8 GiB. Mode 0755 because Velero gives a file's mode to the directories it makes.
 * @param path UTF-8 without NUL; not checked
 * @param mtimeSeconds since 1970; what tar's field cannot hold is moved to its nearest end
 */
export function tarHeader(path: string, sizeBytes: number, mtimeSeconds: number): Uint8Array {
  const split = splitPath(path);
  if (split !== undefined && sizeBytes <= MAX_OCTAL) {
    return headerBlock({ ...split, sizeBytes, mtimeSeconds, type: "0" });
  }
  const records = encoder.encode(
    (split === undefined ? paxRecord("path", path) : "") +
      (sizeBytes > MAX_OCTAL ? paxRecord("size", String(sizeBytes)) : ""),
  );
  const pax = { prefix: "", name: "PaxHeader/next", sizeBytes: records.length, mtimeSeconds };
  const plain = split ?? { prefix: "", name: plainName(path) };
  return Buffer.concat([
    headerBlock({ ...pax, type: "x" }),
    records,
    new Uint8Array(paddingAfter(records.length)),
    headerBlock({
      ...plain,
      sizeBytes: Math.min(sizeBytes, MAX_OCTAL),
      mtimeSeconds,
      type: "0",
    }),
  ]);
}

/** Bytes from the end of a body to the next block. */
export function paddingAfter(sizeBytes: number): number {
  return (TAR_BLOCK_BYTES - (sizeBytes % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES;
}

const NOT_ASCII = /[^\x20-\x7e]/;

function splitPath(path: string): { prefix: string; name: string } | undefined {
  if (NOT_ASCII.test(path)) return undefined;
  if (path.length <= NAME_BYTES) return { prefix: "", name: path };
  const slash = path.indexOf("/", path.length - NAME_BYTES - 1);
  if (slash <= 0 || slash > PREFIX_BYTES || slash === path.length - 1) return undefined;
  return { prefix: path.slice(0, slash), name: path.slice(slash + 1) };
}

/** What a reader without pax sees. */
function plainName(path: string): string {
  return path.replaceAll(/[^\x20-\x7e]/g, "_").slice(0, NAME_BYTES);
}

/** `<length> <key>=<value>\n`, where the length counts itself. */
function paxRecord(key: string, value: string): string {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  if (rest + String(length).length > length) length += 1;
  return `${length} ${key}=${value}\n`;
}

const template = headerTemplate();
const templateSum = template.reduce((sum, byte) => sum + byte, 0);

function headerTemplate(): Buffer {
  const block = Buffer.alloc(TAR_BLOCK_BYTES);
  const mode = "0000755\0";
  const zero = "0000000\0";
  block.write(mode + zero + zero, 100, "latin1");
  block.write(" ".repeat(8), CHECKSUM_AT, "latin1");
  block.write("ustar\u000000", 257, "latin1");
  block.write(zero + zero, 329, "latin1");
  return block;
}

function headerBlock(fields: Fields): Uint8Array {
  const block = Buffer.allocUnsafe(TAR_BLOCK_BYTES);
  block.set(template);
  const mtime = Math.min(Math.max(Math.floor(fields.mtimeSeconds), 0), MAX_OCTAL);
  let sum = templateSum;
  sum += put(block, fields.name, 0);
  sum += put(block, octal11(fields.sizeBytes), 124);
  sum += put(block, octal11(mtime), 136);
  sum += put(block, fields.type, 156);
  sum += put(block, fields.prefix, 345);
  put(block, `${sum.toString(8).padStart(6, "0")}\0 `, CHECKSUM_AT);
  return block;
}

function octal11(value: number): string {
  return value.toString(8).padStart(11, "0");
}

/** Writes ASCII and returns the sum of its bytes: a header's checksum is the template's and that of its fields. */
function put(block: Uint8Array, text: string, at: number): number {
  let sum = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    block[at + index] = code;
    sum += code;
  }
  return sum;
}
