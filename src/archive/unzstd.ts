import { pipeline, Readable } from "node:stream";
import { createZstdDecompress } from "node:zlib";
import { errorCodeOf } from "../lib/error-code.ts";
import { ArkError, messageOf } from "../lib/errors.ts";
import { archiveCorrupt } from "./archive-corrupt.ts";

const CHUNK_BYTES = 256 * 1024;

/**
 * Unpacks zstd of one or several frames, in bounded memory. What `packed` throws comes through unchanged; stopping early
 * stops `packed`.
 * @throws ArkError ArchiveCorrupt for anything that is not whole zstd
 */
export async function* unzstd(
  packed: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let [packedBytes, isAtEnd] = [0, false];
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of packed) {
      packedBytes += chunk.length;
      yield chunk;
    }
    isAtEnd = true;
  }
  const unpacker = createZstdDecompress({ chunkSize: CHUNK_BYTES });
  // The error reaches whoever iterates over `unpacker`.
  pipeline(Readable.from(counted(), { objectMode: true, highWaterMark: 1 }), unpacker, () => {});
  try {
    for await (const chunk of unpacker as AsyncIterable<Uint8Array>) yield chunk;
  } catch (error) {
    throw asArkError(error, packedBytes);
  }
  // zlib stops at what is no frame.
  if (!isAtEnd) throw archiveCorrupt("other bytes follow the end of its zstd frames");
}

function asArkError(error: unknown, packedBytes: number): unknown {
  const code = errorCodeOf(error);
  if (error instanceof ArkError || !/^(?:Z_|ZSTD_)/.test(code)) return error;
  const what = code === "Z_BUF_ERROR" ? "it is cut off" : `zstd says "${messageOf(error)}"`;
  return archiveCorrupt(`${what} (in its first ${packedBytes} bytes)`, error);
}
