import { ArkError } from "../../src/lib/errors.ts";
import type {
  Freeze,
  FreezeJournal,
  JournalListing,
  JournalRun,
  JournalRunFacts,
  OpenEntry,
  OwnerState,
} from "../../src/journal/freeze-journal.ts";

type Run = { readonly facts: JournalRunFacts; state: OwnerState };

/** A real FreezeJournal that forgets everything with the process. It keeps what was done, in order. */
export class MemoryJournal implements FreezeJournal {
  readonly location = "memory:";
  /** "open", "freezing shop/db", "thawed shop/db", "closed shop/db: note", "close". */
  readonly history: string[] = [];
  readonly #open = new Map<string, { readonly run: Run; readonly freeze: Freeze }>();
  readonly #runs: Run[] = [];
  #count = 0;

  async open(facts: JournalRunFacts): Promise<JournalRun> {
    const run: Run = { facts, state: "alive" };
    this.#runs.push(run);
    this.history.push("open");
    let isClosed = false;
    const assertOpen = (): void => {
      if (isClosed) throw new ArkError("JournalUnavailable", "the run is closed");
    };
    return {
      freezing: async (freeze) => {
        assertOpen();
        const id = `memory-${(this.#count += 1)}`;
        this.#open.set(id, { run, freeze });
        this.history.push(`freezing ${freeze.namespace}/${freeze.pod}`);
        return id;
      },
      thawed: async (id) => {
        assertOpen();
        this.#close(id, (pod) => `thawed ${pod}`);
      },
      close: async () => {
        isClosed = true;
        this.history.push("close");
      },
    };
  }

  async entries(): Promise<JournalListing> {
    const entries = [...this.#open].map(([id, { run, freeze }]): OpenEntry => {
      const { startedAt: _startedAt, ...facts } = run.facts;
      return { id, ...facts, ...freeze, owner: { host: "here", pid: 1, state: run.state } };
    });
    const byTime = entries.toSorted((a, b) => Number(a.frozenAt) - Number(b.frozenAt));
    return { entries: byTime, problems: [] };
  }

  async closeEntry(id: string, note: string): Promise<void> {
    this.#close(id, (pod) => `closed ${pod}: ${note}`);
  }

  /** From now on the runs so far count as ended, as after a kill, or as run elsewhere. */
  loseOwners(state: OwnerState = "gone"): void {
    for (const run of this.#runs) run.state = state;
  }

  #close(id: string, describe: (pod: string) => string): void {
    const entry = this.#open.get(id);
    if (entry === undefined) return;
    this.#open.delete(id);
    this.history.push(describe(`${entry.freeze.namespace}/${entry.freeze.pod}`));
  }
}
