import { type MachO, segmentOf } from "./mach-o.ts";
import { pageHashes, SIGNED_PAGE_BITS } from "./sign-mach-o.ts";

/** Reads the signature that the file carries and holds it against the file. @returns what is wrong, in words */
export function signatureFaults(file: Buffer, machO: MachO): string[] {
  const { signature } = machO;
  if (signature === undefined) return ["it is not signed"];
  const end = signature.offset + signature.sizeBytes;
  if (end !== file.length) return ["its signature does not end where the file ends"];
  const linkEdit = segmentOf(machO, "__LINKEDIT");
  const isCovered = linkEdit.offset + linkEdit.sizeBytes === file.length;
  const blob = file.subarray(signature.offset);
  const code = file.subarray(0, signature.offset);
  return [
    ...(isCovered ? [] : ["its signature is not within __LINKEDIT"]),
    ...superBlobFaults(blob),
    ...directoryFaults(blob.subarray(blob.readUInt32BE(16)), code),
  ];
}

function superBlobFaults(blob: Buffer): string[] {
  const [magic, sizeBytes, count, slot] = [0, 4, 8, 12].map((at) => blob.readUInt32BE(at));
  const isWhole = magic === 0xfade0cc0 && (sizeBytes ?? 0) <= blob.length;
  return isWhole && count === 1 && slot === 0 ? [] : ["its signature is not one code directory"];
}

function directoryFaults(directory: Buffer, code: Buffer): string[] {
  if (directory.readUInt32BE(0) !== 0xfade0c02) return ["its code directory has no mark"];
  const isAdHoc = (directory.readUInt32BE(12) & 2) !== 0;
  const isKnown = directory.readUInt32BE(36) === 0x20020000 + SIGNED_PAGE_BITS;
  if (!isAdHoc || !isKnown) return ["its code directory is not ad hoc with SHA-256 of 4 KiB pages"];
  const [hashesAt, pages] = [directory.readUInt32BE(16), directory.readUInt32BE(28)];
  const isMain = directory.readBigUInt64BE(80) === 1n;
  const wanted = pageHashes(code);
  const wrong = wanted.findIndex((hash, page) => {
    const at = hashesAt + page * hash.length;
    return !hash.equals(directory.subarray(at, at + hash.length));
  });
  return [
    ...(isMain ? [] : ["its code directory is not of a program"]),
    ...(directory.readUInt32BE(32) === code.length ? [] : ["its code directory ends elsewhere"]),
    ...(pages === wanted.length ? [] : ["its code directory has not a hash for each page"]),
    ...(wrong === -1 ? [] : [`page ${wrong} does not match its hash`]),
  ];
}
