import { createHash } from "node:crypto";
import {
  LC_CODE_SIGNATURE,
  type MachO,
  MACH_O_HEADER_BYTES,
  readMachO,
  segmentOf,
} from "./mach-o.ts";

/** As xnu's osfmk/kern/cs_blobs.h names and numbers them. */
const EMBEDDED_SIGNATURE = 0xfade0cc0;
const CODE_DIRECTORY = 0xfade0c02;
const VERSION_WITH_EXEC_SEGMENT = 0x20400;
const ADHOC_BY_LINKER = 0x20002;
const SHA256_HASHES = 2;
const MAIN_BINARY = 1n;

export const SIGNED_PAGE_BITS = 12;
const PAGE_BYTES = 2 ** SIGNED_PAGE_BITS;
const HASH_BYTES = 32;
const SUPER_BLOB_BYTES = 20;
const CODE_DIRECTORY_BYTES = 88;
const SIGNATURE_COMMAND_BYTES = 16;
/** The largest page of a Mac: segments begin at a multiple of it. */
const SEGMENT_ALIGNMENT = 0x4000;

/**
 * An ad-hoc signature as linkers write it (byte for byte as Go's does): a code directory with the SHA-256 of each page.
 * macOS on arm64 runs nothing without one. It says nothing about who made the file.
 * A signature that is there is replaced.
 * @param identifier ASCII
 * @throws when it is no Mach-O executable, or has no room for one more load command
 */
export function signMachO(file: Buffer, identifier: string): Buffer {
  const machO = readMachO(file);
  if (machO === undefined) throw new Error("Only 64-bit Mach-O files can be signed.");
  const linkEdit = segmentOf(machO, "__LINKEDIT");
  const codeEnd = machO.signature?.offset ?? linkEdit.offset + linkEdit.sizeBytes;
  const codeBytes = toMultiple(codeEnd, 16);
  const pages = Math.ceil(codeBytes / PAGE_BYTES);
  const directoryBytes = CODE_DIRECTORY_BYTES + identifier.length + 1 + pages * HASH_BYTES;
  const signatureBytes = SUPER_BLOB_BYTES + directoryBytes;

  const signed = Buffer.alloc(codeBytes + toMultiple(signatureBytes, 16));
  file.copy(signed, 0, 0, codeEnd);
  const commandAt = machO.signature?.commandAt ?? addCommand(signed, machO);
  signed.writeUInt32LE(codeBytes, commandAt + 8);
  signed.writeUInt32LE(signed.length - codeBytes, commandAt + 12);
  const linkEditBytes = signed.length - linkEdit.offset;
  const inMemory = toMultiple(linkEditBytes, SEGMENT_ALIGNMENT);
  signed.writeBigUInt64LE(BigInt(inMemory), linkEdit.commandAt + 32);
  signed.writeBigUInt64LE(BigInt(linkEditBytes), linkEdit.commandAt + 48);

  superBlob(signatureBytes).copy(signed, codeBytes);
  codeDirectory({ machO, identifier, codeBytes, pages, directoryBytes }).copy(
    signed,
    codeBytes + SUPER_BLOB_BYTES,
  );
  const hashesAt = codeBytes + signatureBytes - pages * HASH_BYTES;
  for (const [index, hash] of pageHashes(signed.subarray(0, codeBytes)).entries()) {
    hash.copy(signed, hashesAt + index * HASH_BYTES);
  }
  return signed;
}

/** The SHA-256 of each page of 4 KiB; the last page may be shorter. */
export function pageHashes(code: Buffer): Buffer[] {
  return Array.from({ length: Math.ceil(code.length / PAGE_BYTES) }, (_, page) =>
    createHash("sha256")
      .update(code.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES))
      .digest(),
  );
}

/** Appends an empty LC_CODE_SIGNATURE. @returns where it stands */
function addCommand(signed: Buffer, { commandsEnd, segments }: MachO): number {
  const sections = segments.flatMap((segment) => segment.sections);
  const offsets = sections.map(({ offset }) => offset).filter((offset) => offset > 0);
  if (Math.min(...offsets) < commandsEnd + SIGNATURE_COMMAND_BYTES) {
    throw new Error("The Mach-O file has no room for a signature's load command.");
  }
  signed.writeUInt32LE(LC_CODE_SIGNATURE, commandsEnd);
  signed.writeUInt32LE(SIGNATURE_COMMAND_BYTES, commandsEnd + 4);
  signed.writeUInt32LE(signed.readUInt32LE(16) + 1, 16);
  signed.writeUInt32LE(commandsEnd - MACH_O_HEADER_BYTES + SIGNATURE_COMMAND_BYTES, 20);
  return commandsEnd;
}

/** What holds blobs; here one, a code directory. */
function superBlob(signatureBytes: number): Buffer {
  const words = [EMBEDDED_SIGNATURE, signatureBytes, 1, 0, SUPER_BLOB_BYTES];
  return bigEndian(words);
}

type Directory = {
  readonly machO: MachO;
  readonly identifier: string;
  readonly codeBytes: number;
  readonly pages: number;
  readonly directoryBytes: number;
};

function codeDirectory({ machO, identifier, codeBytes, pages, directoryBytes }: Directory): Buffer {
  const identifierAt = CODE_DIRECTORY_BYTES;
  const hashesAt = identifierAt + identifier.length + 1;
  const head = bigEndian([
    CODE_DIRECTORY,
    directoryBytes,
    VERSION_WITH_EXEC_SEGMENT,
    ADHOC_BY_LINKER,
    hashesAt,
    identifierAt,
    0,
    pages,
    codeBytes,
  ]);
  const kinds = Buffer.from([HASH_BYTES, SHA256_HASHES, 0, SIGNED_PAGE_BITS]);
  const text = segmentOf(machO, "__TEXT");
  // Nothing of scatter, team and a limit over 4 GiB; then the executable segment.
  const rest = Buffer.alloc(CODE_DIRECTORY_BYTES - head.length - kinds.length);
  rest.writeBigUInt64BE(BigInt(text.offset), rest.length - 24);
  rest.writeBigUInt64BE(BigInt(text.sizeBytes), rest.length - 16);
  rest.writeBigUInt64BE(MAIN_BINARY, rest.length - 8);
  return Buffer.concat([head, kinds, rest, Buffer.from(`${identifier}\0`, "latin1")]);
}

function bigEndian(words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(words.length * 4);
  for (const [index, word] of words.entries()) bytes.writeUInt32BE(word, index * 4);
  return bytes;
}

function toMultiple(count: number, unit: number): number {
  return Math.ceil(count / unit) * unit;
}
