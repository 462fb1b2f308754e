type Sink = ((chunk: Uint8Array) => void | Promise<void>) | undefined;

type Piece = { readonly sink: Sink; readonly bytes: Uint8Array };

export type OutputFlow = {
  readonly pause: () => void;
  readonly resume: () => void;
  /** A sink threw or rejected; nothing more is delivered. */
  readonly onFailure: (error: unknown) => void;
};

/**
 * Hands pieces to their sinks one after the other. While a sink's promise is pending the source is paused, so that only
 * what was already on its way is kept.
 */
export class OrderedOutput {
  readonly #flow: OutputFlow;
  readonly #queue: Piece[] = [];
  readonly #drained = new Set<() => void>();
  #isBusy = false;
  #isClosed = false;

  constructor(flow: OutputFlow) {
    this.#flow = flow;
  }

  write(sink: Sink, bytes: Uint8Array): void {
    if (this.#isClosed || sink === undefined || bytes.length === 0) return;
    this.#queue.push({ sink, bytes });
    if (!this.#isBusy) this.#deliver();
  }

  /** Resolves once all that was written has been taken, or will never be. */
  drained(): Promise<void> {
    if (!this.#isBusy || this.#isClosed) return Promise.resolve();
    return new Promise((resolve) => this.#drained.add(resolve));
  }

  /** Drops what is not delivered yet. */
  close(): void {
    this.#isClosed = true;
    this.#queue.length = 0;
    this.#settle();
  }

  #deliver(): void {
    for (let piece = this.#queue.shift(); piece !== undefined; piece = this.#queue.shift()) {
      const pending = this.#give(piece);
      if (pending === undefined) continue;
      this.#wait(pending);
      return;
    }
    this.#settle();
  }

  #give({ sink, bytes }: Piece): Promise<void> | undefined {
    try {
      return sink?.(bytes) ?? undefined;
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  #wait(pending: Promise<void>): void {
    this.#isBusy = true;
    this.#flow.pause();
    pending.then(
      () => this.#proceed(),
      (error: unknown) => {
        this.#fail(error);
        this.#proceed();
      },
    );
  }

  #proceed(): void {
    this.#isBusy = false;
    this.#deliver();
    if (!this.#isBusy) this.#flow.resume();
  }

  #fail(error: unknown): void {
    if (this.#isClosed) return;
    this.close();
    this.#flow.onFailure(error);
  }

  #settle(): void {
    for (const resolve of this.#drained) resolve();
    this.#drained.clear();
  }
}
