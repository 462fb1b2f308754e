import { errorCodeOf } from "../lib/error-code.ts";
import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { ArkError, messageOf } from "../lib/errors.ts";
import { archiveCorrupt } from "./archive-corrupt.ts";

export type GunzipLimits = {
  /** Of the unpacked bytes. */
  readonly totalBytes: number;
  /** Unpacked to packed bytes, looked at beyond 64 MiB. */
  readonly ratio: number;
};

const RATIO_FROM_BYTES = 64 * 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;

/**
 * Unpacks gzip of one or several members. What `packed` throws comes through unchanged; stopping early stops `packed`.
 * @throws ArkError ArchiveCorrupt for anything that is not whole gzip, or that unpacks to more than the limits allow
 */
export async function* gunzip(
  packed: AsyncIterable<Uint8Array>,
  limits: GunzipLimits,
): AsyncGenerator<Uint8Array, void, undefined> {
  let packedBytes = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of packed) {
      packedBytes += chunk.length;
      yield chunk;
    }
  }
  const unpacker = createGunzip({ chunkSize: CHUNK_BYTES });
  // The error reaches whoever iterates over `unpacker`.
  pipeline(Readable.from(counted(), { objectMode: true, highWaterMark: 1 }), unpacker, () => {});
  let totalBytes = 0;
  try {
    for await (const chunk of unpacker as AsyncIterable<Uint8Array>) {
      totalBytes += chunk.length;
      if (totalBytes > limits.totalBytes) {
        throw archiveCorrupt(`it unpacks to more than ${limits.totalBytes} bytes`);
      }
      if (totalBytes > RATIO_FROM_BYTES && totalBytes > packedBytes * limits.ratio) {
        throw archiveCorrupt(`it unpacks to more than ${limits.ratio} times its size`);
      }
      yield chunk;
    }
  } catch (error) {
    throw asArkError(error, packedBytes);
  }
}

function asArkError(error: unknown, packedBytes: number): unknown {
  if (error instanceof ArkError || !isZlibError(error)) return error;
  const what = error.code === "Z_BUF_ERROR" ? "it is cut off" : `gzip says "${messageOf(error)}"`;
  return archiveCorrupt(`${what} (in its first ${packedBytes} bytes)`, error);
}

function isZlibError(error: unknown): error is Error & { readonly code: string } {
  return errorCodeOf(error).startsWith("Z_");
}
