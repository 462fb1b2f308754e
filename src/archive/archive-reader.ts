import { quoted } from "../lib/quoted.ts";
import { archiveCorrupt } from "./archive-corrupt.ts";
import { ByteReader } from "./byte-reader.ts";
import { gunzip } from "./gunzip.ts";
import { isUnsafePath, parseObjectPath, VERSION_PATH } from "./layout.ts";
import { type TarEntry, TarReader } from "./tar-reader.ts";

export type ArchiveLimits = {
  /** Of one object. 32 MiB by default; etcd takes 1.5 MiB. */
  readonly entryBytes: number;
  /** Files and directories. 5,000,000 by default. */
  readonly entries: number;
  /** Of the unpacked tar. 64 GiB by default. */
  readonly totalBytes: number;
  /** Unpacked to packed bytes, looked at beyond 64 MiB. 500 by default; gzip makes about 1,000 of zeros, 10 to 20 of objects. */
  readonly ratio: number;
};

export type ReadArchiveOptions = {
  readonly limits?: Partial<ArchiveLimits> | undefined;
  /** Called for each file that is no object of the layout: Velero's second copies, additions of other tools. */
  readonly onSkipped?: ((path: string) => void) | undefined;
};

export type ArchiveEntry = {
  /** `metadata/version`, or a path that parseObjectPath takes. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly body: Uint8Array;
};

const DEFAULTS: ArchiveLimits = {
  entryBytes: 32 * 1024 * 1024,
  entries: 5_000_000,
  totalBytes: 64 * 1024 ** 3,
  ratio: 500,
};

/**
 * Reads `<backup>.tar.gz` as Ark 0.8.1, Velero and we write it, in the order of the archive, in the memory of one entry
 * (and of all paths, to see one that comes twice). Nothing is trusted: paths that lead out or could be read in two ways,
 * links and devices, the same path twice, a missing end mark and what is larger than `limits` end the reading.
 * @throws ArkError ArchiveCorrupt that says what and where; what `bytes` throws comes through unchanged
 */
export async function* readArchive(
  bytes: AsyncIterable<Uint8Array>,
  options: ReadArchiveOptions = {},
): AsyncGenerator<ArchiveEntry, void, undefined> {
  const limits = { ...DEFAULTS, ...options.limits };
  const unpacked = gunzip(bytes, limits);
  try {
    const tar = new TarReader(new ByteReader(unpacked));
    const check = createEntryCheck(limits);
    for (let entry = await tar.next(); entry !== undefined; entry = await tar.next()) {
      const path = check(entry);
      if (isWanted(entry, path)) {
        yield { path, sizeBytes: entry.sizeBytes, body: await tar.body(entry) };
        continue;
      }
      if (entry.type === "file") options.onSkipped?.(path);
      await tar.skip(entry);
    }
  } finally {
    await unpacked.return();
  }
}

function isWanted(entry: TarEntry, path: string): boolean {
  return entry.type === "file" && (path === VERSION_PATH || parseObjectPath(path) !== undefined);
}

/** @returns a check that throws ArchiveCorrupt or gives an entry's path without a leading `./` */
function createEntryCheck(limits: ArchiveLimits): (entry: TarEntry) => string {
  const seen = new Set<string>();
  let count = 0;
  return (entry) => {
    count += 1;
    if (count > limits.entries)
      throw archiveCorrupt(`it holds more than ${limits.entries} entries`);
    const isRoot = entry.type === "directory" && (entry.path === "./" || entry.path === ".");
    if (isRoot) return entry.path;
    const path = entry.path.startsWith("./") ? entry.path.slice(2) : entry.path;
    if (isUnsafePath(path)) throw archiveCorrupt(`it holds an unsafe path: ${quoted(entry.path)}`);
    if (entry.type === "directory") return path;
    if (seen.has(path)) throw archiveCorrupt(`it holds a path twice: ${quoted(path)}`);
    seen.add(path);
    if (entry.sizeBytes > limits.entryBytes) {
      throw archiveCorrupt(`${quoted(path)} is larger than ${limits.entryBytes} bytes`);
    }
    return path;
  };
}
