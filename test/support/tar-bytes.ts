import { gzipSync } from "node:zlib";
import { paddingAfter, tarHeader } from "../../src/archive/tar-writer.ts";

/** The two zero blocks that end a tar. */
export const END_MARK = Buffer.alloc(1024);

/** What to change in a header; the checksum is made right again. */
export type HeaderChanges = { readonly type?: string; readonly patch?: (header: Buffer) => void };

/** One entry, header and padded body: hostile ones by `changes`. */
export function tarEntry(
  path: string,
  body: string | Uint8Array = "",
  changes: HeaderChanges = {},
): Buffer {
  const bytes = Buffer.from(body);
  const header = Buffer.from(tarHeader(path, bytes.length, 0));
  const last = header.subarray(header.length - 512);
  if (changes.type !== undefined) last.write(changes.type, 156, "latin1");
  changes.patch?.(last);
  signHeader(last);
  return Buffer.concat([header, bytes, Buffer.alloc(paddingAfter(bytes.length))]);
}

/** A pax header with the given records, for the entry that follows. */
export function paxEntry(records: string, type = "x"): Buffer {
  return tarEntry("PaxHeader/next", records, { type });
}

export function gzippedTar(...parts: readonly Uint8Array[]): Buffer {
  return gzipSync(Buffer.concat([...parts, END_MARK]));
}

function signHeader(header: Buffer): void {
  header.fill(0x20, 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
}
