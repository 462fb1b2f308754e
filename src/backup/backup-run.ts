import type { Cluster } from "../cluster/cluster.ts";
import type { HookPhase } from "../hooks/hook.ts";
import type { HookStream } from "../hooks/run-hook.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { FreezeJournal } from "../journal/freeze-journal.ts";
import type { BackupStore } from "../store/backup-store.ts";
import type { BackupObserver } from "./backup-events.ts";
import type { ClientProcess } from "../volumes/client-process.ts";
import type { RunVolumes } from "./volumes/captured-volume.ts";
import type { FreezeNotes } from "./blocks/journalled-hooks.ts";
import type { RunReport } from "./observed.ts";
import type { ItemSink } from "./items/item-sink.ts";
import type { BackupPlan } from "./plan/plan-backup.ts";
import type { ItemStorer } from "./items/store-item.ts";

/** What a backup needs of the outside. */
export type Ports = {
  readonly cluster: Cluster;
  readonly store: BackupStore;
  readonly journal: FreezeJournal;
  readonly clock: Clock;
  readonly observe: BackupObserver;
  /** Marks what is made in the cluster as this process's. */
  readonly clientProcess: ClientProcess;
  /** Aborts when post hooks must not wait for each other any more: the second Ctrl-C. */
  readonly hurry?: AbortSignal | undefined;
  readonly onHookOutput?: HookOutputObserver | undefined;
};

/** Told what a hook says, as it says it. Must not throw. */
export type HookOutputObserver = (
  place: { readonly namespace: string; readonly pod: string; readonly phase: HookPhase },
  stream: HookStream,
  chunk: Uint8Array,
) => void;

/** What the steps of one running backup share. */
export type BackupRun = {
  readonly plan: BackupPlan;
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly log: Log;
  readonly observe: BackupObserver;
  readonly hurry?: AbortSignal | undefined;
  readonly onHookOutput?: HookOutputObserver | undefined;
  readonly report: RunReport;
  readonly sink: ItemSink;
  readonly items: ItemStorer;
  readonly freezes: FreezeNotes;
  /** Absent when volumes are not captured. */
  readonly volumes?: RunVolumes | undefined;
};
