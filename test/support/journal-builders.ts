import type {
  Freeze,
  JournalRunFacts,
  OpenEntry,
  OwnerState,
  ThawCommand,
} from "../../src/journal/freeze-journal.ts";

export function runFacts(changes: Partial<JournalRunFacts> = {}): JournalRunFacts {
  return {
    backup: "nightly",
    startedAt: new Date("2026-01-02T03:04:05Z"),
    context: "prod",
    cluster: "prod-cluster",
    server: "https://prod.example:6443",
    user: "me",
    ...changes,
  };
}

export function aFreeze(changes: Partial<Freeze> = {}): Freeze {
  return {
    namespace: "shop",
    pod: "db-0",
    podUid: "uid-1",
    frozenAt: new Date("2026-01-02T03:04:06.789Z"),
    postHooks: [aThawCommand()],
    ...changes,
  };
}

export function aThawCommand(changes: Partial<ThawCommand> = {}): ThawCommand {
  return {
    name: "<from-annotation>",
    source: "annotation",
    container: "fsfreeze",
    command: ["fsfreeze", "--unfreeze", "/data"],
    timeoutMs: 30_000,
    ...changes,
  };
}

/** An open entry of a run that is gone. */
export function anEntry({
  state = "gone",
  ...changes
}: Partial<OpenEntry> & { readonly state?: OwnerState } = {}): OpenEntry {
  const { startedAt: _startedAt, ...facts } = runFacts();
  const owner = { host: "laptop", pid: 7, state };
  return { id: "0123abcd-1", ...facts, ...aFreeze(), owner, ...changes };
}
