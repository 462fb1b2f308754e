import type { ArkError } from "../lib/errors.ts";
import { quoted } from "../lib/quoted.ts";
import { archiveCorrupt } from "./archive-corrupt.ts";
import type { ByteReader } from "./byte-reader.ts";
import {
  isAllZero,
  nameOfType,
  parseLongName,
  parsePaxRecords,
  parseTarHeader,
  type TarHeader,
} from "./tar-header.ts";
import { paddingAfter, TAR_BLOCK_BYTES } from "./tar-writer.ts";

export type TarEntry = {
  readonly path: string;
  readonly sizeBytes: number;
  readonly type: "file" | "directory";
};

const MAX_PAX_BYTES = 64 * 1024;
const MAX_LONG_NAME_BYTES = 4 * 1024 + 1;

/**
 * A strict reader of ustar, pax and GNU tar. It knows regular files and directories; anything else, and everything
 * that two readers could take differently (bytes after the end mark, a path given twice), is ArchiveCorrupt.
 * Own, because tar-stream keeps quiet about a missing end mark and goes on behind one.
 */
export class TarReader {
  readonly #bytes: ByteReader;
  #last = "";

  constructor(bytes: ByteReader) {
    this.#bytes = bytes;
  }

  /**
   * The next entry, whose body must be read or skipped before the next call; undefined after a whole end mark.
   * @throws ArkError ArchiveCorrupt
   */
  async next(): Promise<TarEntry | undefined> {
    let header = await this.#readHeader();
    let overrides: Overrides = {};
    while (header !== undefined && EXTENSIONS.has(header.type)) {
      overrides = this.#merge(overrides, await this.#readExtension(header));
      header = await this.#readHeader();
      if (header === undefined) throw this.#corrupt("an extended header has no entry");
    }
    if (header === undefined) {
      await this.#readEnd();
      return undefined;
    }
    const entry = this.#entryOf({ ...header, ...overrides });
    this.#last = entry.path;
    return entry;
  }

  /** @throws ArkError ArchiveCorrupt when the archive ends inside it */
  body(entry: TarEntry): Promise<Uint8Array> {
    return this.#readWhole(entry.sizeBytes, quoted(entry.path));
  }

  /** @throws ArkError ArchiveCorrupt when the archive ends inside it */
  async skip(entry: TarEntry): Promise<void> {
    const sizeBytes = entry.sizeBytes + paddingAfter(entry.sizeBytes);
    const skippedBytes = await this.#bytes.skip(sizeBytes);
    if (skippedBytes < sizeBytes) throw this.#corrupt(`it ends inside ${quoted(entry.path)}`);
  }

  async #readHeader(): Promise<TarHeader | undefined> {
    const block = await this.#bytes.read(TAR_BLOCK_BYTES);
    if (block.length === 0) throw this.#corrupt("it is cut off: there is no end mark");
    if (block.length < TAR_BLOCK_BYTES) throw this.#corrupt("it ends inside a header");
    if (isAllZero(block)) return undefined;
    const header = parseTarHeader(block);
    if (typeof header === "string") throw this.#corrupt(header);
    return header;
  }

  /** What a pax or GNU header says about the entry after it. */
  async #readExtension(header: TarHeader): Promise<Overrides> {
    const maxBytes = header.type === "L" ? MAX_LONG_NAME_BYTES : MAX_PAX_BYTES;
    if (header.sizeBytes > maxBytes) throw this.#corrupt("an extended header is too large");
    const body = await this.#readWhole(header.sizeBytes, "an extended header");
    const overrides = overridesOf(header.type, body);
    if (typeof overrides === "string") throw this.#corrupt(overrides);
    return overrides;
  }

  async #readEnd(): Promise<void> {
    const second = await this.#bytes.read(TAR_BLOCK_BYTES);
    if (second.length < TAR_BLOCK_BYTES) throw this.#corrupt("it ends inside its end mark");
    if (!isAllZero(second)) throw this.#corrupt("there is something behind its end mark");
    for await (const chunk of this.#bytes.rest()) {
      if (!isAllZero(chunk)) throw this.#corrupt("there is something behind its end mark");
    }
  }

  async #readWhole(sizeBytes: number, what: string): Promise<Uint8Array> {
    const paddedBytes = sizeBytes + paddingAfter(sizeBytes);
    const padded = await this.#bytes.read(paddedBytes);
    if (padded.length < paddedBytes) throw this.#corrupt(`it ends inside ${what}`);
    return padded.subarray(0, sizeBytes);
  }

  #merge(first: Overrides, second: Overrides): Overrides {
    if (first.path !== undefined && second.path !== undefined) {
      throw this.#corrupt(`an entry has two paths: ${quoted(second.path)}`);
    }
    return { ...first, ...second };
  }

  #entryOf({ path, sizeBytes, type }: TarHeader): TarEntry {
    // Old tars mark a directory by nothing but a '/' at the end.
    const isDirectory = type === "5" || (type === "0" && path.endsWith("/"));
    if (!isDirectory && type !== "0") {
      throw this.#corrupt(`it holds ${nameOfType(type)}: ${quoted(path)}`);
    }
    if (isDirectory && sizeBytes > 0) {
      throw this.#corrupt(`it holds a directory with a body: ${quoted(path)}`);
    }
    return { path, sizeBytes, type: isDirectory ? "directory" : "file" };
  }

  #corrupt(what: string): ArkError {
    const after = this.#last === "" ? "" : `, after ${quoted(this.#last)}`;
    return archiveCorrupt(`${what} (at byte ${this.#bytes.position} of the tar${after})`);
  }
}

/** Type flags of headers that speak of the next entry: pax, pax for all entries, GNU long name. */
const EXTENSIONS = new Set(["x", "g", "L"]);

type Overrides = { readonly path?: string; readonly sizeBytes?: number };

/** @returns what the header says, or why it cannot be right */
function overridesOf(type: string, body: Uint8Array): Overrides | string {
  return type === "L" ? longName(body) : paxOverrides(body, type === "g");
}

function longName(body: Uint8Array): Overrides | string {
  const path = parseLongName(body);
  return path === undefined ? "a path is not UTF-8" : { path };
}

/** @param isGlobal a header for all entries that follow: it may comment, but not rename or resize */
function paxOverrides(body: Uint8Array, isGlobal: boolean): Overrides | string {
  const records = parsePaxRecords(body);
  if (records === undefined) return "a pax header is malformed";
  const path = records.get("path");
  const size = records.get("size");
  if (isGlobal && (path !== undefined || size !== undefined)) return "a global pax header renames";
  if (size !== undefined && !/^[0-9]{1,15}$/.test(size)) return "a pax size is not a number";
  if ([...records.keys()].some((key) => key.startsWith("GNU.sparse.")))
    return "it holds a sparse file";
  return {
    ...(path === undefined ? {} : { path }),
    ...(size === undefined ? {} : { sizeBytes: Number(size) }),
  };
}
