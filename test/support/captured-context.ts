import { PassThrough, Readable, Writable } from "node:stream";
import type { CliContext } from "../../src/cli/cli-context.ts";

export type CapturedContext = CliContext & {
  /** What was written to stdout until now. */
  output(): string;
  /** What was written to stderr until now. */
  errors(): string;
};

export type CapturedContextOptions = {
  /** What someone types at a terminal; absent: stdin is no terminal and at its end. */
  readonly typed?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly home?: string;
  readonly signal?: AbortSignal;
};

/** The process as a command sees it, with its output kept. */
export function capturedContext(options: CapturedContextOptions = {}): CapturedContext {
  const { typed, env = {}, home = "/nonexistent", signal = new AbortController().signal } = options;
  const [stdout, stderr] = [capture(), capture()];
  return {
    env,
    home,
    cwd: home,
    stdin: typed === undefined ? Readable.from([]) : terminal(typed),
    stdout: stdout.stream,
    stderr: stderr.stream,
    signal,
    output: () => stdout.text(),
    errors: () => stderr.text(),
  };
}

function terminal(typed: string): Readable & { readonly isTTY: boolean } {
  const input = new PassThrough();
  input.write(typed);
  return Object.assign(input, { isTTY: true });
}

function capture(): { readonly stream: Writable; text(): string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString() };
}
