/** What `node --build-sea` put into an executable: the blob that src/node_sea.cc of Node 26 reads. */
export type EmbeddedProgram = {
  readonly flags: number;
  /** Where options for Node may come from beside the executable itself: 0 is nowhere. */
  readonly execArgvExtension: number;
  /** 0 is CommonJS, 1 a module. */
  readonly mainFormat: number;
  /** The file's name as stack traces show it. */
  readonly path: string;
  readonly source: Buffer;
  readonly codeCache: Buffer | undefined;
};

const MAGIC = 0x0143da20;
const USES_SNAPSHOT = 2;
const USES_CODE_CACHE = 4;

/** @throws RangeError with the reason when it is no such blob */
export function parseEmbeddedProgram(blob: Buffer): EmbeddedProgram {
  if (blob.readUInt32LE(0) !== MAGIC) throw new RangeError("the embedded part is not Node's");
  const flags = blob.readUInt32LE(4);
  if ((flags & USES_SNAPSHOT) !== 0) throw new RangeError("the embedded part is a snapshot");
  let at = 10;
  const next = (): Buffer => {
    const from = at + 8;
    at = from + Number(blob.readBigUInt64LE(at));
    if (at > blob.length) throw new RangeError("the embedded part is cut off");
    return blob.subarray(from, at);
  };
  return {
    flags,
    execArgvExtension: blob.readUInt8(8),
    mainFormat: blob.readUInt8(9),
    path: next().toString("utf8"),
    source: next(),
    codeCache: (flags & USES_CODE_CACHE) === 0 ? undefined : next(),
  };
}
