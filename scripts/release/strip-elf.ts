import { ELF_SECTION_HEADER_BYTES, type ElfSection, readElf } from "./elf.ts";

/** What a linker puts behind everything that is loaded, and only a debugger reads. */
const debugSections = /^\.(debug_.*|symtab|strtab|shstrtab)$/;

/**
 * Drops symbols and debug information, as `strip` does: a fifth of Node's size. Own, because what `strip` writes
 * depends on its version, and there is one for each architecture. Before the program is embedded: afterwards the
 * embedded part is behind the symbols.
 * @throws when the file is no ELF file, or has something that is loaded behind the symbols
 */
export function stripElf(file: Buffer): Buffer {
  const elf = readElf(file);
  if (elf === undefined) throw new Error("Only 64-bit little-endian ELF files can be stripped.");
  const kept = elf.sections.findIndex(({ name }) => debugSections.test(name));
  const dropped = elf.sections.slice(kept);
  if (kept === -1 || !dropped.every(({ name }) => debugSections.test(name))) {
    throw new Error("The ELF file's symbols are not its last sections.");
  }
  const end = Math.max(...elf.sections.slice(0, kept).map(endOf), 0);
  if (elf.segments.some(({ offset, sizeBytes }) => offset + sizeBytes > end)) {
    throw new Error("The ELF file has something that is loaded behind its last section.");
  }
  return withSectionNames(file, { kept, end });
}

function endOf({ isInFile, offset, sizeBytes }: ElfSection): number {
  return isInFile ? offset + sizeBytes : 0;
}

/** The first `end` bytes with the table of the sections that are kept, whose names stand where they stood. */
function withSectionNames(file: Buffer, { kept, end }: { kept: number; end: number }): Buffer {
  const headersAt = Number(file.readBigUInt64LE(0x28));
  const namesHeader = copyOfHeader(file, headersAt, file.readUInt16LE(0x3e));
  const namesAt = Number(namesHeader.readBigUInt64LE(24));
  const names = file.subarray(namesAt, namesAt + Number(namesHeader.readBigUInt64LE(32)));
  namesHeader.writeBigUInt64LE(BigInt(end), 24);
  const padding = Buffer.alloc((8 - ((end + names.length) % 8)) % 8);
  const head = Buffer.from(file.subarray(0, end));
  head.writeBigUInt64LE(BigInt(end + names.length + padding.length), 0x28);
  head.writeUInt16LE(kept + 1, 0x3c);
  head.writeUInt16LE(kept, 0x3e);
  const headers = file.subarray(headersAt, headersAt + kept * ELF_SECTION_HEADER_BYTES);
  return Buffer.concat([head, names, padding, headers, namesHeader]);
}

function copyOfHeader(file: Buffer, headersAt: number, index: number): Buffer {
  const at = headersAt + index * ELF_SECTION_HEADER_BYTES;
  return Buffer.from(file.subarray(at, at + ELF_SECTION_HEADER_BYTES));
}
