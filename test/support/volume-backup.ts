import type { VolumeRecord } from "../../src/api/backup-record.ts";
import type { BackupSpecFields } from "../../src/api/backup-schema.ts";
import type { ExecRequest, KubernetesObject, RawObject } from "../../src/cluster/cluster.ts";
import { groupResourceOf } from "../../src/cluster/group-resource.ts";
import { fieldsAt, listIn, textIn } from "../../src/volumes/object-fields.ts";
import { VOLUME_SNAPSHOTS } from "../../src/volumes/snapshot-kinds.ts";
import {
  backupResources,
  type BackupSetup,
  takeBackup,
  type TakenBackup,
} from "./backup-builders.ts";
import { claim, namespace, object, volume } from "./builders.ts";
import { running, tars } from "./copy-bench.ts";
import { hooked, succeeds } from "./guarded-backup.ts";
import type { ExecHandler } from "./memory-cluster.ts";
import { SnapshotCluster } from "./memory-snapshot-controller.ts";
import { claimOf, type SnapshotScript } from "./memory-snapshot-objects.ts";
import { PollClock, whilePolling } from "./poll-clock.ts";
import { ScriptedGuards } from "./scripted-guard.ts";
import { END_MARK, tarEntry } from "./tar-bytes.ts";

export const SNAPSHOT_API = "snapshot.storage.k8s.io/v1";

/** What every volume holds: one file "a". */
export const volumeContent = Buffer.concat([tarEntry("a", "x"), END_MARK]);

/** More digits than a number has, as storages write their nanoseconds. */
export const CREATION_TIME = "1767323045123456789";

export const snapshotClass = object(SNAPSHOT_API, "VolumeSnapshotClass", "fast", {
  driver: "csi.example",
  deletionPolicy: "Delete",
});

/** A claim "namespace/name" that is bound to a volume that can be snapshotted. */
export function bound(path: string, overrides: Parameters<typeof claim>[2] = {}) {
  const volumeName = `pv-${path.replace("/", "-")}`;
  return [claim(path, volumeName, overrides), volume(volumeName, path)];
}

/** The same with a volume that cannot. */
export function boundToHost(path: string) {
  const [namespaceName, name] = path.split("/");
  const claimRef = { kind: "PersistentVolumeClaim", namespace: namespaceName, name };
  return [
    claim(path, `host-${name}`),
    volume(`host-${name}`, path, { spec: { claimRef, hostPath: { path: "/data" } } }),
  ];
}

/** The pod with all of its volumes mounted in all of its containers, at /NAME. */
export function mounting(pod: KubernetesObject): KubernetesObject {
  const spec = fieldsAt(pod, "spec");
  const volumeMounts = listIn(spec, "volumes").map((each) => {
    const name = textIn(each, "name");
    return { name, mountPath: `/${name}` };
  });
  const containers = listIn(spec, "containers").map((each) => ({ ...each, volumeMounts }));
  return { ...pod, spec: { ...spec, containers } };
}

/** A pod shop/NAME with hooks that mounts claims of shop, each with a volume. */
export function app(
  name: string,
  claims: readonly string[] = [`${name}-data`],
  more: Readonly<Record<string, string>> = {},
): KubernetesObject[] {
  return [hooked(name, { claims }, more), ...claims.flatMap((each) => bound(`shop/${each}`))];
}

/** A cluster with storage, guards and a kubelet for helper pods, which keeps what was done in order. */
export class VolumeCluster extends SnapshotCluster {
  declare readonly clock: PollClock;
  readonly guards = new ScriptedGuards();
  /** "freeze db", "snapshot data", "tar db", "thaw db", "discard data". */
  readonly history: string[] = [];
  /** When each of these was last begun, in milliseconds. */
  readonly atMs: Record<string, number> = {};
  onHook: ExecHandler = succeeds;
  onTar: ExecHandler = tars({ stdout: volumeContent });
  /** Told of everything in `history` before it comes to pass. */
  onStep: (step: string) => unknown = () => {};

  /** @param scripts of the claims' snapshots @param objects beside the namespace shop and a snapshot class */
  constructor(
    scripts: Record<string, SnapshotScript>,
    objects: readonly KubernetesObject[],
    resources = backupResources,
  ) {
    const hasApi = resources.some(({ kind }) => kind === "VolumeSnapshotClass");
    const all = [namespace("shop"), ...(hasApi ? [snapshotClass] : []), ...objects];
    super(new PollClock(), scripts, { objects: all, resources });
    this.onExec = this.guards.around(async (request, signal) => {
      await this.#step(isTar(request) ? `tar ${request.pod}` : request.command.join(" "));
      return isTar(request) ? this.onTar(request, signal) : this.onHook(request, signal);
    });
  }

  override async create(
    ...[resource, made, ...rest]: Parameters<SnapshotCluster["create"]>
  ): ReturnType<SnapshotCluster["create"]> {
    if (groupResourceOf(resource) === VOLUME_SNAPSHOTS)
      await this.#step(`snapshot ${claimOf(made)}`);
    return super.create(resource, made.kind === "Pod" ? running(made) : made, ...rest);
  }

  override async get(...call: Parameters<SnapshotCluster["get"]>): Promise<RawObject> {
    return withDigits(await super.get(...call));
  }

  override async patch(...call: Parameters<SnapshotCluster["patch"]>): Promise<RawObject> {
    return withDigits(await super.patch(...call));
  }

  override async delete(...call: Parameters<SnapshotCluster["delete"]>): Promise<void> {
    const [resource, { name, namespace: of }] = call;
    const groupResource = groupResourceOf(resource);
    if (groupResource === VOLUME_SNAPSHOTS) {
      await this.#step(`discard ${claimOf(this.find(groupResource, name, of))}`);
    }
    return super.delete(...call);
  }

  /** What a backup has made that is still there: "VolumeSnapshot", "Pod", …, and what the storage holds. */
  async leftovers(): Promise<string[]> {
    const left: string[] = [];
    for (const kind of ["volumesnapshots", "volumesnapshotcontents"]) {
      left.push(...(await this.names(`${kind}.snapshot.storage.k8s.io`)));
    }
    for (const kind of ["pods", "persistentvolumeclaims"]) {
      const names = await this.names(kind);
      left.push(
        ...names.filter((name) => name.startsWith("ark-")).map((name) => `${kind} ${name}`),
      );
    }
    return [...left, ...this.storage];
  }

  async #step(step: string): Promise<void> {
    this.history.push(step);
    this.atMs[step] = this.clock.monotonicMs();
    await this.onStep(step);
  }
}

function isTar({ command }: ExecRequest): boolean {
  return command[3] === "kubectl-ark";
}

function withDigits(raw: RawObject): RawObject {
  const text = String(Buffer.from(raw.body)).replace("1767323045123456000", CREATION_TIME);
  return { ...raw, body: Buffer.from(text) };
}

/** Backs the cluster up, while time passes whenever something is polled for. */
export function takeVolumes(
  cluster: VolumeCluster,
  { spec = {}, ...setup }: Omit<BackupSetup, "cluster" | "clock"> = {},
): Promise<TakenBackup> {
  const { clock } = cluster;
  const fields: BackupSpecFields = { snapshotVolumes: null, ...spec };
  return whilePolling(clock, takeBackup({ ...setup, spec: fields, cluster, clock }));
}

/** Result and reason of each claim: "shop/data captured", "shop/data failed: …". */
export function resultsOf({ report }: TakenBackup): string[] {
  const lines = report.volumes.map(
    ({ claim: name, result, reason }) =>
      `${name} ${result}${reason === undefined ? "" : `: ${reason}`}`,
  );
  return lines.toSorted();
}

export function volumeOf({ report }: TakenBackup, name: string): VolumeRecord {
  const found = report.volumes.find((each) => each.claim === name);
  if (found === undefined) throw new Error(`there is no volume ${name} in the report`);
  return found;
}

/** What went wrong, as "shop/data: message". */
export function errorsOf({ report }: TakenBackup): string[] {
  return report.errors.map(({ namespace: of, name, message }) =>
    name === undefined ? message : `${of}/${name}: ${message}`,
  );
}
