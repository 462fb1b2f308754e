import type { BackupRequest } from "../../backup/backup-request.ts";
import type { Clock } from "../../lib/clock.ts";
import type { ClientProcess } from "../../volumes/client-process.ts";
import type { inspectJournal, inspectStore, openDoctor } from "../compose.ts";
import type { Programs } from "./find-programs.ts";

export type DoctorConnection = Awaited<ReturnType<typeof openDoctor>>;
export type ServerAnswer = Awaited<ReturnType<DoctorConnection["askServer"]>>;
export type StorePlace = Awaited<ReturnType<typeof inspectStore>>;
export type JournalPlace = Awaited<ReturnType<typeof inspectJournal>>;

/** A running pod in which a command that does nothing may be run. */
export type TrialPod = { readonly namespace?: string | undefined; readonly name: string };

/** What the checks need of the outside. */
export type DoctorTools = {
  /** The backup that would be made. */
  readonly request: BackupRequest;
  /** undefined: all. */
  readonly namespace: string | undefined;
  readonly pod: TrialPod | undefined;
  readonly clock: Clock;
  readonly clientProcess: ClientProcess;
  connect(): Promise<DoctorConnection>;
  inspectStore(): Promise<StorePlace>;
  inspectJournal(): Promise<JournalPlace>;
  findPrograms(signal: AbortSignal): Promise<Programs>;
};
