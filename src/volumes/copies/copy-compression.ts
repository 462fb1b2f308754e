import { constants, createZstdCompress, type ZstdCompress } from "node:zlib";
import { messageOf } from "../../lib/errors.ts";

/** What zstd itself takes for a good compromise; on one core it is faster than an exec can deliver. */
const LEVEL = 3;
const OUTPUT_CHUNK_BYTES = 128 * 1024;

/**
 * One zstd frame with a checksum. An error of the blocks is thrown to the reader, who has no whole frame then; a reader
 * who stops early ends the blocks.
 */
export async function* compressBlocks(
  blocks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const zstd = createZstdCompress({
    chunkSize: OUTPUT_CHUNK_BYTES,
    params: {
      [constants.ZSTD_c_compressionLevel]: LEVEL,
      [constants.ZSTD_c_checksumFlag]: 1,
    },
  });
  const source = blocks[Symbol.asyncIterator]();
  void feed(source, zstd);
  try {
    yield* zstd;
  } finally {
    zstd.destroy();
    await source.return?.();
  }
}

/** Never throws: a failure reaches the reader through the stream. */
async function feed(source: AsyncIterator<Uint8Array>, zstd: ZstdCompress): Promise<void> {
  try {
    for (let next = await source.next(); next.done !== true; next = await source.next()) {
      await write(zstd, next.value);
    }
    zstd.end();
  } catch (error) {
    zstd.destroy(error instanceof Error ? error : new Error(messageOf(error)));
  }
}

/** Resolves once the block is compressed and the reader has taken enough of what came of the earlier ones. */
function write(zstd: ZstdCompress, block: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    zstd.write(block, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
