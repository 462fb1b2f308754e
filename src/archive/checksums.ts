import { createHash } from "node:crypto";
import { ArkError } from "../lib/errors.ts";

/** `sha256` in lower-case hex. */
export type Digest = { readonly sha256: string; readonly sizeBytes: number };

export type Hashed = {
  /** The same bytes, to be read once. */
  readonly content: AsyncIterable<Uint8Array>;
  /** @throws ArkError Internal before `content` was read to its end */
  readonly digest: () => Digest;
};

/** Hashes what passes through. Stopping early, also before the first read, stops `source`. */
export function hashing(source: AsyncIterable<Uint8Array>): Hashed {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  let digest: Digest | undefined;

  function iterate(): AsyncIterator<Uint8Array> {
    const chunks = source[Symbol.asyncIterator]();
    return {
      async next() {
        const next = await chunks.next();
        if (next.done === true) {
          digest ??= { sha256: hash.digest("hex"), sizeBytes };
        } else {
          hash.update(next.value);
          sizeBytes += next.value.length;
        }
        return next;
      },
      async return() {
        await chunks.return?.();
        return { done: true, value: undefined };
      },
    };
  }

  return {
    content: { [Symbol.asyncIterator]: iterate },
    digest() {
      if (digest === undefined)
        throw new ArkError("Internal", "the content was not read to its end");
      return digest;
    },
  };
}

/** The digest of bytes that are all there. */
export function digestOf(bytes: Uint8Array): Digest {
  return { sha256: createHash("sha256").update(bytes).digest("hex"), sizeBytes: bytes.length };
}
