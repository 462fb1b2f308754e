import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** What V8 made of each chunk when it ran before, by the chunk's name. */
export type CompiledCode = ReadonlyMap<string, Uint8Array>;

export type CodeCache = {
  /** What was kept; empty where there is nothing, or nothing that can be trusted. Never throws. */
  read(): CompiledCode;
  /** Keeps this in place of what was kept before; where that cannot be, nothing happens. */
  write(code: CompiledCode): void;
};

export type CodeCacheRequest = {
  /** A directory of the cache's own; it is made when it is missing. */
  readonly directory: string;
  /** Names the program's text and the engine exactly: V8 runs whatever it is given as cached, and looks at the length only. */
  readonly id: string;
  /** Whose files are trusted. */
  readonly uid: number;
};

const maxFileBytes = 64 * 1024 * 1024;
/** An unfinished file of this age was left by a process that died. */
const leftoverMs = 60_000;
const sizeBytes = 4;

/**
 * Compiled code in a file that only the user can write: what is in it is executed. A directory or file that belongs to
 * someone else, or that others may write, is left alone; a file that is cut short or of another program is replaced.
 */
export function openCodeCache({ directory, id, uid }: CodeCacheRequest): CodeCache {
  const file = join(directory, "compiled");
  return {
    read() {
      try {
        if (!isOwnDirectory(directory, uid)) return new Map();
        return unpack(readOwnFile(file, uid), id) ?? new Map();
      } catch {
        return new Map();
      }
    },
    write(code) {
      try {
        makeDirectory(directory, uid);
        if (isOwnDirectory(directory, uid)) replaceFile(file, pack(code, id));
      } catch {
        // The program runs as well without.
      }
    },
  };
}

function isOwnDirectory(path: string, uid: number): boolean {
  const status = lstatSync(path);
  return status.isDirectory() && isOwn(status, uid);
}

function isOwn({ uid: owner, mode }: Stats, uid: number): boolean {
  return owner === uid && (mode & (constants.S_IWGRP | constants.S_IWOTH)) === 0;
}

function readOwnFile(path: string, uid: number): Buffer {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const descriptor = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const status = fstatSync(descriptor);
    const isUsable = status.isFile() && isOwn(status, uid) && status.size <= maxFileBytes;
    return isUsable ? readFileSync(descriptor) : Buffer.alloc(0);
  } finally {
    closeSync(descriptor);
  }
}

/** Nothing is made in a directory of somebody else, such as the home of whoever called sudo. */
function makeDirectory(path: string, uid: number): void {
  for (const missing of [dirname(path), path]) {
    const isThere = statSync(missing, { throwIfNoEntry: false }) !== undefined;
    if (!isThere && statSync(dirname(missing)).uid === uid) mkdirSync(missing, 0o700);
  }
}

/** Other processes see the old file or the new one. */
function replaceFile(file: string, content: Uint8Array): void {
  const unfinished = `${file}.new`;
  const leftover = lstatSync(unfinished, { throwIfNoEntry: false });
  if (leftover !== undefined && Date.now() - leftover.mtimeMs > leftoverMs) unlinkSync(unfinished);
  const descriptor = openSync(unfinished, "wx", 0o600);
  try {
    writeFileSync(descriptor, content);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(unfinished, file);
}

type Header = { readonly id: string; readonly sizes: readonly (readonly [string, number])[] };

/** The header's size, the header as JSON, and the code of each chunk in its order. */
function pack(code: CompiledCode, id: string): Buffer {
  const sizes = [...code].map(([name, data]) => [name, data.length] as const);
  const header = Buffer.from(JSON.stringify({ id, sizes } satisfies Header));
  const size = Buffer.alloc(sizeBytes);
  size.writeUInt32LE(header.length);
  return Buffer.concat([size, header, ...code.values()]);
}

/** @returns undefined for the code of another program @throws when the file was not written by `pack` */
function unpack(content: Buffer, id: string): CompiledCode | undefined {
  let at = sizeBytes + content.readUInt32LE(0);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a file of our own; anything else throws below
  const header = JSON.parse(content.toString("utf8", sizeBytes, at)) as Header;
  if (header.id !== id) return undefined;
  const code = new Map<string, Uint8Array>();
  for (const [name, size] of header.sizes) code.set(name, content.subarray(at, (at += size)));
  return at === content.length ? code : undefined;
}
