import type { ExecOutcome, ExecRequest } from "../../src/cluster/cluster.ts";
import type { ExecHandler } from "./memory-cluster.ts";

/** What stands for a guard's script where time is simulated: it keeps what it is told and ends as a test wants it. */
export class ScriptedGuards {
  /** "shop/db main" of each guard, in order of its start. */
  readonly started: string[] = [];
  /** All that was said to any of them, without the scripts. */
  readonly words: string[] = [];
  /** How a guard ends that is told to thaw. */
  onThaw: { readonly exitCode: number; readonly says: string } = {
    exitCode: 10,
    says: "thawed told sure",
  };
  /** Whether they say that they are on their posts. */
  isReady = true;
  /** Whether they pass over what they are told. */
  isDeaf = false;
  readonly #running = new Set<(outcome: ExecOutcome, says?: string) => void>();

  /** An exec that plays guards, and leaves every other command to a handler. */
  around(handler: ExecHandler): ExecHandler {
    return (request, signal) =>
      isGuard(request) ? this.#play(request, signal) : handler(request, signal);
  }

  /** Ends all that run, by themselves. */
  end(exitCode: number, says: string): void {
    for (const settle of this.#running) settle({ kind: "exited", exitCode }, says);
  }

  /** Cuts all connections. */
  cut(): void {
    for (const settle of this.#running)
      settle({ kind: "unknown", message: "the connection was cut" });
  }

  /** How many run. */
  get running(): number {
    return this.#running.size;
  }

  #play(request: ExecRequest, signal: AbortSignal): Promise<ExecOutcome> {
    const { promise, resolve } = Promise.withResolvers<ExecOutcome>();
    const say = (text: string): void => void request.onStdout?.(Buffer.from(`${text}\n`));
    const settle = (outcome: ExecOutcome, says?: string): void => {
      if (!this.#running.delete(settle)) return;
      if (says !== undefined) say(says);
      resolve(outcome);
    };
    this.#running.add(settle);
    this.started.push(`${request.namespace}/${request.pod} ${request.container}`);
    signal.addEventListener("abort", () => settle({ kind: "aborted", started: true }));
    void this.#listen(request, settle, say);
    return promise;
  }

  async #listen(
    { stdin }: ExecRequest,
    settle: (outcome: ExecOutcome, says?: string) => void,
    say: (text: string) => void,
  ): Promise<void> {
    let isScript = true;
    for await (const chunk of stdin ?? []) {
      const word = String(Buffer.from(chunk)).trimEnd();
      if (!isScript) this.words.push(word);
      if (isScript && this.isReady) say("ready");
      isScript = false;
      if (this.isDeaf) continue;
      const { exitCode, says } = this.onThaw;
      if (word === "dismiss") settle({ kind: "exited", exitCode: 0 });
      if (word === "thaw") settle({ kind: "exited", exitCode }, says);
    }
  }
}

export function isGuard({ command }: ExecRequest): boolean {
  return command[3] === "kubectl-ark-guard";
}
