import type { ExecRequest } from "../../src/cluster/cluster.ts";
import type { JournalRun } from "../../src/journal/freeze-journal.ts";
import { ArkError } from "../../src/lib/errors.ts";
import { hookAnnotations } from "./backup-builders.ts";
import { claim, namespace, pod } from "./builders.ts";
import { MemoryJournal } from "./memory-journal.ts";

export const both = { pre: "freeze", post: "thaw" };
export const hooked = (
  name: string,
  commands: { pre?: string; post?: string } = both,
  claimName = name,
) =>
  pod(
    `shop/${name}`,
    { claims: [claimName], annotations: hookAnnotations(commands) },
    {
      metadata: { uid: `uid-${name}` },
    },
  );
/** A pod shop/db with both hooks, and its claim. */
export const objects = [namespace("shop"), hooked("db"), claim("shop/db")];
/** Without guards, so that what is run in the pod is the hooks alone. */
export const request = { guard: "off" } as const;

/** Puts what is run among what the journal is told. */
export const recording =
  (journal: MemoryJournal, exitCodes: Readonly<Record<string, number>> = {}) =>
  ({ pod: name, command }: ExecRequest) => {
    const word = command[0] ?? "";
    journal.history.push(`exec ${word} in ${name}`);
    return { kind: "exited", exitCode: exitCodes[word] ?? 0 } as const;
  };

/** A journal that misbehaves at one of its steps. */
export class FailingJournal extends MemoryJournal {
  readonly #failing: "open" | "freezing" | "thawed";
  readonly #behave: () => Promise<never>;

  constructor(failing: "open" | "freezing" | "thawed", behave: () => Promise<never>) {
    super();
    this.#failing = failing;
    this.#behave = behave;
  }

  override async open(...facts: Parameters<MemoryJournal["open"]>): Promise<JournalRun> {
    if (this.#failing === "open") return this.#behave();
    const run = await super.open(...facts);
    return { ...run, [this.#failing]: this.#behave };
  }
}
/** What a full disk does. */
export const full = async (): Promise<never> => {
  throw new ArkError("JournalUnavailable", "the disk is full");
};
