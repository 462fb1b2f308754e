import { ArkError } from "../lib/errors.ts";
import { createGzipOutput, type GzipOutput } from "./gzip-output.ts";
import { FORMAT_VERSION, VERSION_PATH } from "./layout.ts";
import { paddingAfter, TAR_BLOCK_BYTES, tarHeader } from "./tar-writer.ts";

/** Writes `<backup>.tar.gz`. Whoever writes calls `drained()` between entries; whoever stores reads `output` meanwhile. */
export type ArchiveWriter = {
  /**
   * Copies the body: the caller may reuse it. After a failure of the reader entries are dropped, and `drained` and
   * `end` tell. A path is not checked and not deduplicated.
   * @throws ArkError Internal after `end`
   */
  add(path: string, body: Uint8Array): void;
  /** Resolves when not more than 1 MiB waits to be compressed. Rejects when the reader of `output` stopped, or with abort's reason. */
  drained(): Promise<void>;
  /** Writes the end mark; resolves when the reader has taken the last byte. Rejects as `drained`. Idempotent. */
  end(): Promise<void>;
  /** Makes `drained`, `end` and the reader of `output` fail with `reason`: for a store that failed before it read anything. */
  abort(reason: unknown): void;
  /** One gzip member, to be read once. The same entries, mtime and level give the same bytes. */
  readonly output: AsyncIterable<Uint8Array>;
  /** Calls of `add`: `metadata/version` is not counted. */
  readonly entries: number;
  /** Of the tar, so far. */
  readonly uncompressedBytes: number;
};

export type ArchiveWriterOptions = {
  /** gzip's, 1 to 9. 3 by default: twice as fast as 6 and nearly as small. */
  readonly compressionLevel?: number | undefined;
  /** Of every entry. */
  readonly mtime: Date;
};

// A zlib call costs a trip to another thread: few large blocks, not one for each header.
const BLOCK_BYTES = 256 * 1024;
const MAX_WAITING_BYTES = 1024 * 1024;
const DEFAULT_LEVEL = 3;

export function createArchiveWriter(options: ArchiveWriterOptions): ArchiveWriter {
  const gzip = createGzipOutput(options.compressionLevel ?? DEFAULT_LEVEL);
  const blocks = createBlocks(gzip);
  const mtimeSeconds = options.mtime.getTime() / 1000;
  let entries = 0;
  let ending: Promise<void> | undefined;

  function addEntry(path: string, body: Uint8Array): void {
    blocks.append(tarHeader(path, body.length, mtimeSeconds));
    blocks.append(body);
    blocks.append(ZEROS.subarray(0, paddingAfter(body.length)));
  }

  addEntry(VERSION_PATH, new TextEncoder().encode(`${FORMAT_VERSION}\n`));
  return {
    add(path, body) {
      if (ending !== undefined) throw new ArkError("Internal", "the archive has been ended");
      addEntry(path, body);
      entries += 1;
    },
    drained: () => gzip.drained(MAX_WAITING_BYTES),
    end() {
      if (ending === undefined) {
        blocks.append(ZEROS);
        blocks.flush();
        ending = gzip.end();
      }
      return ending;
    },
    abort: (reason) => gzip.abort(reason),
    output: gzip.output,
    get entries() {
      return entries;
    },
    get uncompressedBytes() {
      return blocks.totalBytes();
    },
  };
}

const ZEROS = new Uint8Array(2 * TAR_BLOCK_BYTES);

function createBlocks(gzip: GzipOutput) {
  const free: Uint8Array[] = [];
  let block: Uint8Array = new Uint8Array(BLOCK_BYTES);
  let used = 0;
  let totalBytes = 0;

  function flush(): void {
    const full = block;
    gzip.write(full.subarray(0, used), () => free.push(full));
    block = free.pop() ?? new Uint8Array(BLOCK_BYTES);
    used = 0;
  }

  return {
    flush,
    totalBytes: () => totalBytes,
    append(bytes: Uint8Array): void {
      totalBytes += bytes.length;
      for (let from = 0; from < bytes.length;) {
        const part = bytes.subarray(from, from + BLOCK_BYTES - used);
        block.set(part, used);
        used += part.length;
        from += part.length;
        if (used === BLOCK_BYTES) flush();
      }
    },
  };
}
