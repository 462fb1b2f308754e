import { parseBackupRecord, type BackupRecord } from "../../src/api/backup-record.ts";
import type { BackupSpecFields } from "../../src/api/backup-schema.ts";
import { normalizeBackupSpec } from "../../src/api/backup-spec.ts";
import { readArchive } from "../../src/archive/archive-reader.ts";
import type { BackupEvent } from "../../src/backup/backup-events.ts";
import type { BackupReport, Finding } from "../../src/backup/backup-report.ts";
import { defaultVolumeSettings, type BackupRequest } from "../../src/backup/backup-request.ts";
import { runBackup } from "../../src/backup/run-backup.ts";
import type { KubernetesObject } from "../../src/cluster/cluster.ts";
import { backupFiles } from "../../src/archive/layout.ts";
import type { ClientProcess } from "../../src/volumes/client-process.ts";
import type { FreezeJournal } from "../../src/journal/freeze-journal.ts";
import type { BackupStore } from "../../src/store/backup-store.ts";
import { gunzipSync } from "node:zlib";
import { bytesOf } from "./bytes.ts";
import { defaultResources, resourceType } from "./fake-api-server/resource-types.ts";
import { FakeClock } from "./fake-clock.ts";
import { MemoryCluster, type MemoryClusterOptions } from "./memory-cluster.ts";
import { MemoryJournal } from "./memory-journal.ts";
import { MemoryStore } from "./memory-store.ts";

const never = new AbortController().signal;
const rbac = "rbac.authorization.k8s.io/v1";

/** The default kinds, what RBAC has more, and a custom kind. */
export const backupResources = [
  ...defaultResources,
  resourceType(rbac, "Role", "roles"),
  resourceType(rbac, "RoleBinding", "rolebindings"),
  resourceType("example.com/v1", "Widget", "widgets", { custom: true }),
];

export type BackupSetup = Omit<MemoryClusterOptions, "onExec"> & {
  /** Takes the place of a cluster made of the other settings. */
  readonly cluster?: MemoryCluster;
  /** As in a document. */
  readonly spec?: BackupSpecFields;
  readonly request?: Partial<BackupRequest>;
  readonly exec?: MemoryClusterOptions["onExec"];
  readonly store?: BackupStore;
  readonly journal?: FreezeJournal;
  readonly clock?: FakeClock;
  readonly signal?: AbortSignal;
  readonly hurry?: AbortSignal;
  readonly observe?: (event: BackupEvent) => unknown;
};

/** A request with one block and one list at a time, so that what happens has one order. */
export function aRequest(
  spec: BackupSpecFields = {},
  changes: Partial<BackupRequest> = {},
): BackupRequest {
  return {
    name: "nightly",
    // Said on purpose, so that the warning about volume data (volume-data.test.ts) stands in no other test's way.
    spec: normalizeBackupSpec({ snapshotVolumes: false, ...spec }),
    originalSpec: spec,
    labels: {},
    annotations: {},
    hooks: null,
    guard: "off",
    maxFreezeMs: 300_000,
    parallelism: 1,
    apiVersions: false,
    toolVersion: "0.0.0-test",
    warnings: [],
    ...defaultVolumeSettings,
    ...changes,
  };
}

/** A process for which every other one is gone. */
export function aClientProcess(self = "test client"): ClientProcess {
  return { self, stateOf: (client) => (client === self ? "alive" : "gone") };
}

export function aCluster(setup: BackupSetup = {}): MemoryCluster {
  const { objects = [], resources = backupResources, exec, ...rest } = setup;
  return new MemoryCluster({ ...rest, objects, resources, ...(exec && { onExec: exec }) });
}

/** A finished backup, read back out of the store. */
export class TakenBackup {
  readonly report: BackupReport;
  readonly cluster: MemoryCluster;
  readonly store: BackupStore;
  readonly events: readonly BackupEvent[];

  constructor(
    report: BackupReport,
    { cluster, store, events }: Pick<TakenBackup, "cluster" | "store" | "events">,
  ) {
    this.report = report;
    this.cluster = cluster;
    this.store = store;
    this.events = events;
  }

  file(name: string): Promise<Buffer> {
    return bytesOf(this.store.read(this.report.name, name, never));
  }

  /** A gzipped JSON file, or a plain one. */
  async json<T>(name: string): Promise<T> {
    const bytes = await this.file(name);
    return JSON.parse(String(name.endsWith(".gz") ? gunzipSync(bytes) : bytes));
  }

  async record(): Promise<BackupRecord> {
    return parseBackupRecord(String(await this.file("kubectl-ark.json")));
  }

  /** The lines of the log. */
  async log(): Promise<string[]> {
    const { log } = backupFiles(this.report.name);
    return String(gunzipSync(await this.file(log))).split("\n");
  }

  /** Path to object, in the order of the archive. */
  async entries(): Promise<Map<string, KubernetesObject>> {
    const { name } = this.report;
    const entries = new Map<string, KubernetesObject>();
    const bytes = this.store.read(name, backupFiles(name).contents, never);
    for await (const { path, body } of readArchive(bytes)) {
      if (path !== "metadata/version") entries.set(path, JSON.parse(String(Buffer.from(body))));
    }
    return entries;
  }

  /** What is in the archive, short: "pods shop/db", "persistentvolumes pv-1". */
  async items(): Promise<string[]> {
    return [...(await this.entries()).keys()].map(shortPath);
  }

  /** Commands in the order in which they were begun: "shop/db: freeze". */
  execs(): string[] {
    return this.cluster.execs.map((exec) => `${exec.namespace}/${exec.pod}: ${exec.command[0]}`);
  }
}

function shortPath(path: string): string {
  const [, groupResource, ...rest] = path.slice(0, -".json".length).split("/");
  return `${groupResource} ${rest.slice(1).join("/")}`;
}

/** Runs the real `runBackup` against a cluster and a store in memory. @throws what it throws */
export async function takeBackup(setup: BackupSetup = {}): Promise<TakenBackup> {
  const { clock = new FakeClock(), store = new MemoryStore(), signal = never } = setup;
  const cluster = setup.cluster ?? aCluster(setup);
  const events: BackupEvent[] = [];
  const observe = (event: BackupEvent): void => {
    events.push(event);
    setup.observe?.(event);
  };
  const request = aRequest(setup.spec, setup.request);
  const { journal = new MemoryJournal(), hurry } = setup;
  const report = await runBackup(
    request,
    { cluster, store, journal, clock, observe, hurry, clientProcess: aClientProcess() },
    signal,
  );
  return new TakenBackup(report, { cluster, store, events });
}

/** Hook annotations with one word (or a JSON list) for a command; in `more`, "pre.hook/x" stands for the key of Ark. */
export function hookAnnotations(
  commands: { readonly pre?: string; readonly post?: string },
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const annotations: Record<string, string> = {};
  for (const [phase, command] of Object.entries(commands)) {
    annotations[`${phase}.hook.backup.ark.heptio.com/command`] = command;
  }
  for (const [key, value] of Object.entries(more)) {
    annotations[key.replace("hook/", "hook.backup.ark.heptio.com/")] = value;
  }
  return annotations;
}

/** A finding as "pods shop/db: message". */
export function gistOf({ groupResource, namespace, name, message }: Finding): string {
  const about = [groupResource, [namespace, name].filter(Boolean).join("/")].filter(Boolean);
  return [about.join(" "), message].filter(Boolean).join(": ");
}
