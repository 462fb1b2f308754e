import { createHash } from "node:crypto";
import { ELF_MACHINES, findElfNote, readElf } from "./elf.ts";
import { type EmbeddedProgram, parseEmbeddedProgram } from "./embedded-program.ts";
import { MACH_O_CPUS, MACH_O_EXECUTABLE, readMachO } from "./mach-o.ts";
import { signatureFaults } from "./mach-o-signature.ts";
import { findPeResource, PE_MACHINE_AMD64, readPe } from "./pe.ts";
import { type ExecutableFormat, type Target } from "./targets.ts";

export type Expectation = {
  readonly target: Target;
  /** SHA-256 of the bundle, in hex. */
  readonly bundleSha256: string;
  readonly hasCodeCache: boolean;
};

/** What a look into a file of one format gave. */
type Inspection = { readonly faults: readonly string[]; readonly blob: Buffer | undefined };

const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:";
const NAME = "NODE_SEA_BLOB";

const inspections: Readonly<
  Record<ExecutableFormat, (file: Buffer, target: Target) => Inspection>
> = { elf: inspectElf, "mach-o": inspectMachO, pe: inspectPe };

/**
 * Holds an executable that cannot be run here against what it should be: its format and processor, whether all it
 * speaks of is in the file, its signature (of a Mac's), and the program inside.
 * @returns what is wrong, in words; empty when nothing is
 */
export function executableFaults(file: Buffer, expectation: Expectation): string[] {
  const { target } = expectation;
  try {
    const { faults, blob } = inspections[target.format](file, target);
    const inside = blob === undefined ? ["there is no program inside"] : [];
    const program =
      blob === undefined ? [] : programFaults(parseEmbeddedProgram(blob), expectation);
    return [...faults, ...inside, ...program, ...fuseFaults(file)];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [`it is damaged: ${error.message}`];
  }
}

function inspectElf(file: Buffer, { arch }: Target): Inspection {
  const elf = readElf(file);
  if (elf === undefined) return { faults: ["it is no ELF file"], blob: undefined };
  const isWhole = elf.segments.every(({ offset, sizeBytes }) => offset + sizeBytes <= file.length);
  const faults = [
    ...(elf.type === 2 || elf.type === 3 ? [] : ["it is no executable"]),
    ...(elf.machine === ELF_MACHINES[arch] ? [] : ["it is for another processor"]),
    ...(isWhole ? [] : ["it is cut off"]),
  ];
  return { faults, blob: isWhole ? findElfNote(file, elf, NAME) : undefined };
}

function inspectMachO(file: Buffer, { arch }: Target): Inspection {
  const machO = readMachO(file);
  if (machO === undefined) return { faults: ["it is no Mach-O file"], blob: undefined };
  const isWhole = machO.segments.every(
    ({ offset, sizeBytes }) => offset + sizeBytes <= file.length,
  );
  const section = machO.segments
    .find(({ name }) => name === "NODE_SEA")
    ?.sections.find(({ name }) => name === `__${NAME}`);
  const faults = [
    ...(machO.fileType === MACH_O_EXECUTABLE ? [] : ["it is no executable"]),
    ...(machO.cpu === MACH_O_CPUS[arch] ? [] : ["it is for another processor"]),
    ...(isWhole ? signatureFaults(file, machO) : ["it is cut off"]),
  ];
  const end = section === undefined ? 0 : section.offset + section.sizeBytes;
  return { faults, blob: section && file.subarray(section.offset, end) };
}

function inspectPe(file: Buffer): Inspection {
  const pe = readPe(file);
  if (pe === undefined) return { faults: ["it is no 64-bit Windows executable"], blob: undefined };
  const isWhole = pe.sections.every(({ offset, sizeBytes }) => offset + sizeBytes <= file.length);
  const faults = [
    ...(pe.machine === PE_MACHINE_AMD64 ? [] : ["it is for another processor"]),
    ...(isWhole ? [] : ["it is cut off"]),
    ...(pe.certificate.sizeBytes === 0 ? [] : ["it carries a signature of what it was before"]),
  ];
  return { faults, blob: isWhole ? findPeResource(file, pe, NAME) : undefined };
}

function programFaults(program: EmbeddedProgram, expectation: Expectation): string[] {
  const sum = createHash("sha256").update(program.source).digest("hex");
  const hasCodeCache = (program.codeCache?.length ?? 0) > 0;
  return [
    ...(sum === expectation.bundleSha256 ? [] : ["the program inside is another one"]),
    ...(program.mainFormat === 0 ? [] : ["the program inside is not taken for CommonJS"]),
    ...(program.execArgvExtension === 0 ? [] : ["it obeys NODE_OPTIONS"]),
    ...(hasCodeCache === expectation.hasCodeCache
      ? []
      : [`it ${hasCodeCache ? "has a" : "lacks its"} code cache`]),
    ...(/[/\\]/.test(program.path) ? ["it names a path of the machine that built it"] : []),
  ];
}

/** Node looks for a program inside only when the last character of this text, which is there once, says so. */
function fuseFaults(file: Buffer): string[] {
  const at = file.indexOf(FUSE, 0, "latin1");
  const isOnce = at !== -1 && file.indexOf(FUSE, at + 1, "latin1") === -1;
  const isBlown = isOnce && file[at + FUSE.length] === "1".charCodeAt(0);
  return isBlown ? [] : ["Node in it does not look for the program inside"];
}
