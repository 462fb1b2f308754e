import { setImmediate } from "node:timers/promises";
import type { ExecRequest, KubernetesObject } from "../../src/cluster/cluster.ts";
import { groupResourceOf } from "../../src/cluster/group-resource.ts";
import type {
  CopyTools,
  HelperSettings,
  VolumeCopies,
} from "../../src/volumes/copies/volume-copies.ts";
import { createVolumeCopies } from "../../src/volumes/copies/volume-copies.ts";
import { bytesOf } from "./bytes.ts";
import { FakeClock } from "./fake-clock.ts";
import { type ExecHandler, MemoryCluster } from "./memory-cluster.ts";
import { aMark } from "./snapshot-builders.ts";

/** What the kubelet makes of a pod that is created. */
export type PodFate = (pod: KubernetesObject) => KubernetesObject;

export const running: PodFate = (pod) => ({
  ...pod,
  status: {
    phase: "Running",
    containerStatuses: [{ name: "copy", state: { running: {} } }],
  },
});

/** A cluster that gives created pods a status and notes what is created. */
export class HelperCluster extends MemoryCluster {
  readonly created: KubernetesObject[] = [];
  /** Attempts to delete. */
  deletions = 0;
  fate: PodFate = running;
  /** Called before each create, with "pods" or "persistentvolumeclaims". */
  beforeCreate: (kind: string, object: KubernetesObject) => void = () => {};

  override async create(
    ...[resource, object, ...rest]: Parameters<MemoryCluster["create"]>
  ): ReturnType<MemoryCluster["create"]> {
    const kind = groupResourceOf(resource);
    this.beforeCreate(kind, object);
    this.created.push(object);
    return super.create(resource, kind === "pods" ? this.fate(object) : object, ...rest);
  }

  override async delete(
    ...[resource, target, signal]: Parameters<MemoryCluster["delete"]>
  ): ReturnType<MemoryCluster["delete"]> {
    this.deletions += 1;
    await super.delete(resource, target, signal);
  }

  /** What is there of the kinds that a helper is made of, beside `except`. */
  leftovers(except: readonly string[] = []): string[] {
    const names = this.created.map(({ kind = "", metadata }) => [kind, metadata] as const);
    return names
      .filter(([kind, { name, namespace }]) => {
        const resource = kind === "Pod" ? "pods" : "persistentvolumeclaims";
        return this.find(resource, name, namespace) !== undefined && !except.includes(name);
      })
      .map(([kind, { name }]) => `${kind} ${name}`);
  }
}

export type CopyBench = {
  readonly clock: FakeClock;
  readonly cluster: HelperCluster;
  readonly copies: VolumeCopies;
  readonly tools: CopyTools;
  readonly log: readonly string[];
};

export function copyBench(
  onExec: ExecHandler = () => ({ kind: "exited", exitCode: 0 }),
  helper: Partial<HelperSettings> = {},
): CopyBench {
  const clock = new FakeClock();
  const cluster = new HelperCluster({ onExec });
  const log: string[] = [];
  const tools: CopyTools = {
    cluster,
    clock,
    log: { write: (level, message) => void log.push(`${level}: ${message}`) },
    findResource: (name) => cluster.resource(name),
    mark: aMark,
    helper: { image: "tools:1", timeoutMs: 60_000, ...helper },
  };
  return { clock, cluster, tools, log, copies: createVolumeCopies(tools) };
}

/** Moves time on while the helper's objects are removed, until the copy has ended. */
export async function whileRemoving<T>(
  copy: Promise<T>,
  { cluster, clock }: Pick<CopyBench, "cluster" | "clock">,
): Promise<T> {
  const state = { isDone: false };
  const end = (): void => {
    state.isDone = true;
  };
  copy.then(end, end);
  while (!state.isDone) {
    if (cluster.deletions > 0 && clock.sleeping > 0) await clock.advance(500);
    else await setImmediate();
  }
  return copy;
}

/** A container's tar: what it says, what it gives, and how it ends. */
export type TarScript = {
  readonly stdout?: Uint8Array;
  readonly stderr?: string;
  readonly exitCode?: number;
  /** Bytes of stdout at a time; an exec's messages have 32 KiB. */
  readonly pieceBytes?: number;
};

export const GNU = "kubectl-ark: gnu xattrs acls\n";

/** An exec that does as the script says, waiting for whoever takes its output. */
export function tars({
  stdout = new Uint8Array(),
  stderr = GNU,
  exitCode = 0,
  pieceBytes = 32 * 1024,
}: TarScript): ExecHandler {
  return async (request: ExecRequest) => {
    await request.onStderr?.(Buffer.from(stderr));
    for (let at = 0; at < stdout.length; at += pieceBytes) {
      await request.onStdout?.(stdout.subarray(at, at + pieceBytes));
    }
    return { kind: "exited", exitCode };
  };
}

/** A store in memory: has a file only if its content came to its end. */
export class MemoryFile {
  content: Buffer | undefined;
  failure: unknown;
  writes = 0;

  readonly write = async (content: AsyncIterable<Uint8Array>): Promise<void> => {
    this.writes += 1;
    try {
      this.content = await bytesOf(content);
    } catch (error) {
      this.failure = error;
      throw error;
    }
  };
}
