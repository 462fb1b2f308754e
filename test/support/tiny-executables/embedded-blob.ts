export const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:";

export type BlobOptions = {
  readonly source?: string;
  readonly path?: string;
  readonly codeCache?: string;
  readonly flags?: number;
  readonly execArgvExtension?: number;
  readonly mainFormat?: number;
};

export const tinySource = "console.log('tiny')";

/** The blob that `node --build-sea` of Node 26 makes of a program. */
export function embeddedBlob(options: BlobOptions = {}): Buffer {
  const { source = tinySource, path = "kubectl-ark.cjs", codeCache } = options;
  const flags = options.flags ?? (codeCache === undefined ? 1 : 5);
  const head = Buffer.alloc(10);
  head.writeUInt32LE(0x0143da20, 0);
  head.writeUInt32LE(flags, 4);
  head.writeUInt8(options.execArgvExtension ?? 0, 8);
  head.writeUInt8(options.mainFormat ?? 0, 9);
  const texts = [path, source, ...(codeCache === undefined ? [] : [codeCache])];
  return Buffer.concat([head, ...texts.flatMap(counted)]);
}

function counted(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  const count = Buffer.alloc(8);
  count.writeBigUInt64LE(BigInt(bytes.length));
  return [count, bytes];
}
