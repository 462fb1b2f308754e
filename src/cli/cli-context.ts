import type { Readable, Writable } from "node:stream";

/** The process as commands see it, so that they run in tests as they do in a terminal. */
export type CliContext = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly cwd: string;
  readonly stdin: Readable & { readonly isTTY?: boolean | undefined };
  readonly stdout: Writable & OutputDevice;
  readonly stderr: Writable & OutputDevice;
  /** Aborts at the first Ctrl-C; what must be undone is undone all the same. */
  readonly signal: AbortSignal;
  /** Aborts at the second Ctrl-C: what must be undone must not wait its turn any more. */
  readonly hurry?: AbortSignal | undefined;
};

export type OutputDevice = {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
};
