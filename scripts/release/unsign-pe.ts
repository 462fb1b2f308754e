import { readPe } from "./pe.ts";

/**
 * Takes the vendor's Authenticode signature off a Windows executable: embedding a program breaks it, and a broken one
 * is worse than none. It must be the end of the file. The checksum, which nothing asks of a program, goes as well.
 * @throws when it is no such file, or something stands behind the signature
 */
export function unsignPe(file: Buffer): Buffer {
  const pe = readPe(file);
  if (pe === undefined) throw new Error("Only 64-bit Windows executables can be unsigned.");
  const { offset, sizeBytes } = pe.certificate;
  if (sizeBytes > 0 && offset + sizeBytes !== file.length) {
    throw new Error("The Windows executable has something behind its signature.");
  }
  const unsigned = Buffer.from(file.subarray(0, file.length - sizeBytes));
  unsigned.fill(0, pe.certificate.entryAt, pe.certificate.entryAt + 8);
  unsigned.writeUInt32LE(0, pe.checksumAt);
  return unsigned;
}
