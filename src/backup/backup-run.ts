import type { Cluster } from "../cluster/cluster.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";
import type { BackupStore } from "../store/backup-store.ts";
import type { BackupObserver } from "./backup-events.ts";
import type { RunReport } from "./observed.ts";
import type { ItemSink } from "./item-sink.ts";
import type { BackupPlan } from "./plan-backup.ts";
import type { ItemStorer } from "./store-item.ts";

/** What a backup needs of the outside. */
export type Ports = {
  readonly cluster: Cluster;
  readonly store: BackupStore;
  readonly clock: Clock;
  readonly observe: BackupObserver;
};

/** What the steps of one running backup share. */
export type BackupRun = {
  readonly plan: BackupPlan;
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly log: Log;
  readonly observe: BackupObserver;
  readonly report: RunReport;
  readonly sink: ItemSink;
  readonly items: ItemStorer;
};
