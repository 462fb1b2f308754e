/** An AsyncIterable of the given chunks. */
export async function* chunksOf(
  ...chunks: readonly (string | Uint8Array)[]
): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks)
    yield typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk;
}

/** Everything that an AsyncIterable gives, in one piece. */
export async function bytesOf(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function textOf(source: AsyncIterable<Uint8Array>): Promise<string> {
  return (await bytesOf(source)).toString("utf8");
}

/** Everything that an AsyncIterable gives. */
export async function allOf<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}
