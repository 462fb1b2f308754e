/** The first byte of each message, as v4.channel.k8s.io and v5.channel.k8s.io have them. */
export const channel = { stdin: 0, stdout: 1, stderr: 2, status: 3, close: 255 } as const;

/** In order of preference. v5 (Kubernetes 1.30) can close stdin, v4 cannot. */
export const execProtocols: readonly string[] = ["v5.channel.k8s.io", "v4.channel.k8s.io"];

/** The API server's own frames carry as much. */
const maxPayloadBytes = 32 * 1024;

/** Cuts a piece of stdin into messages; none for an empty piece. */
export function* stdinFrames(chunk: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < chunk.length; at += maxPayloadBytes) {
    const payload = chunk.subarray(at, at + maxPayloadBytes);
    const frame = new Uint8Array(payload.length + 1);
    frame[0] = channel.stdin;
    frame.set(payload, 1);
    yield frame;
  }
}

/** The message that ends the remote stdin; undefined where the protocol has none. */
export function stdinEndFrame(protocol: string): Uint8Array | undefined {
  return protocol === "v5.channel.k8s.io" ? Uint8Array.of(channel.close, channel.stdin) : undefined;
}
