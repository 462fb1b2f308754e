import type { ExecHook } from "../hooks/hook.ts";

/**
 * PORT: the write-ahead journal of freezes. It is written before a pod is quiesced and after it was thawed, so that the
 * next run knows what a client that died has left frozen.
 */
export interface FreezeJournal {
  /** Where it is kept, for messages. */
  readonly location: string;

  /**
   * Begins the notes of one run. Runs side by side, also in other processes, do not disturb each other.
   * @throws ArkError JournalUnavailable when nothing can be noted durably
   */
  open(run: JournalRunFacts): Promise<JournalRun>;

  /**
   * What every run has left open, also runs that still go on, by the time of the freeze. What cannot be read is a
   * problem among the others: it may hide a pod that is frozen.
   * @throws ArkError JournalUnavailable when there is a journal and nothing of it can be read
   */
  entries(): Promise<JournalListing>;

  /**
   * Closes an entry that `entries` gave; one that is closed already, or gone, is no error.
   * @param note why, for whoever reads the journal
   * @throws ArkError JournalUnavailable
   */
  closeEntry(id: string, note: string): Promise<void>;
}

/** The notes of one run. */
export interface JournalRun {
  /**
   * Notes a pod that is about to be quiesced. Durable once it resolves: the first pre hook may start only then.
   * @returns the entry's id
   * @throws ArkError JournalUnavailable; the pod counts as not noted then and must not be quiesced
   */
  freezing(freeze: Freeze): Promise<string>;

  /**
   * Closes an entry: all post hooks of the pod have succeeded, or surely nothing was begun in it.
   * @throws ArkError JournalUnavailable; the entry then stays open
   */
  thawed(id: string): Promise<void>;

  /** Ends the notes. Nothing is left of them when every entry is closed. Never throws. */
  close(): Promise<void>;
}

export type JournalRunFacts = {
  /** Name of the backup. */
  readonly backup: string;
  readonly startedAt: Date;
  readonly context: string;
  readonly cluster: string;
  /** URL of the API server: what tells clusters apart. */
  readonly server: string;
  readonly user: string;
};

/** A post hook, with all that is needed to run it later; the container is always named. */
export type ThawCommand = Pick<ExecHook, "name" | "source" | "container" | "command" | "timeoutMs">;

export type Freeze = {
  readonly namespace: string;
  readonly pod: string;
  readonly podUid: string;
  readonly frozenAt: Date;
  /** In the order in which they run. */
  readonly postHooks: readonly ThawCommand[];
};

/** Whether the run that wrote an entry goes on; unknown where that cannot be seen from here, as on another host. */
export type OwnerState = "alive" | "gone" | "unknown";

export type JournalOwner = {
  readonly host: string;
  readonly pid: number;
  readonly state: OwnerState;
};

export type OpenEntry = Omit<JournalRunFacts, "startedAt"> &
  Freeze & {
    /** Unique in the journal. */
    readonly id: string;
    readonly owner: JournalOwner;
  };

export type JournalProblem = {
  /** The file it is about. */
  readonly path: string;
  readonly message: string;
};

export type JournalListing = {
  readonly entries: readonly OpenEntry[];
  readonly problems: readonly JournalProblem[];
};

/** Whether two URLs are of one API server: case of the host, a default port and a slash at the end do not count. */
export function isSameServer(a: string, b: string): boolean {
  return normalized(a) === normalized(b);
}

/** Whether the commands that ran include all that were needed, each in its container. */
export function includesCommands(
  ran: readonly ThawCommand[],
  needed: readonly ThawCommand[],
): boolean {
  const words = new Set(ran.map(wordsOf));
  return needed.every((command) => words.has(wordsOf(command)));
}

const wordsOf = ({ container, command }: ThawCommand): string =>
  JSON.stringify([container, ...command]);

function normalized(server: string): string {
  return (URL.parse(server)?.href ?? server).replace(/\/+$/, "");
}
