import {
  backupResources,
  type BackupSetup,
  hookAnnotations,
  takeBackup,
  type TakenBackup,
} from "./backup-builders.ts";
import { configMap, namespace, pod } from "./builders.ts";
import { FakeClock } from "./fake-clock.ts";
import { MemoryCluster, type ExecHandler } from "./memory-cluster.ts";
import { isGuard, ScriptedGuards } from "./scripted-guard.ts";

export const succeeds: ExecHandler = () => ({ kind: "exited", exitCode: 0 });
export const fails: ExecHandler = () => ({ kind: "exited", exitCode: 1 });
export const never: ExecHandler = () => new Promise(() => {});

/** A pod whose hooks are called after it: "freeze db", "thaw db". */
export function hooked(
  name: string,
  parts: Parameters<typeof pod>[1] = {},
  more: Readonly<Record<string, string>> = {},
) {
  const commands = { pre: `["freeze","${name}"]`, post: `["thaw","${name}"]` };
  return pod(`shop/${name}`, { ...parts, annotations: hookAnnotations(commands, more) });
}

/** A cluster with guards, where a test decides what hooks do and what happens during the capture. */
export class GuardedCluster extends MemoryCluster {
  readonly guards = new ScriptedGuards();
  readonly clock = new FakeClock();
  onPre: ExecHandler = succeeds;
  onPost: ExecHandler = succeeds;
  onCapture: (signal: AbortSignal) => unknown = () => {};
  #isQuiesced = false;

  /** @param pods beside a ConfigMap, so that something is stored in any case */
  constructor(...pods: readonly ReturnType<typeof pod>[]) {
    const objects = [namespace("shop"), configMap("shop/settings"), ...pods];
    super({ objects, resources: backupResources });
    this.onExec = this.guards.around(async (request, signal) => {
      if (request.command[0] === "thaw") {
        this.#isQuiesced = false;
        return this.onPost(request, signal);
      }
      const outcome = await this.onPre(request, signal);
      this.#isQuiesced = true;
      return outcome;
    });
  }

  /** Hooks and guards in the order of their start: "guard db", "freeze db". */
  get begun(): string[] {
    return this.execs.map((exec) => (isGuard(exec) ? `guard ${exec.pod}` : exec.command.join(" ")));
  }

  override async get(...call: Parameters<MemoryCluster["get"]>) {
    if (this.#isQuiesced) await this.onCapture(call[2]);
    call[2].throwIfAborted();
    return super.get(...call);
  }
}

/** A capture that takes until it is broken off. */
export async function endless(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  if (!signal.aborted) await promise;
}

/** Waits until something has come to pass. @throws when that takes too many turns */
export async function until(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2000; turn += 1) {
    if (isSo()) return;
    await new Promise(setImmediate);
  }
  throw new Error(`it has not come to pass: ${String(isSo)}`);
}

/** Backs the cluster up behind guards. */
export function takeGuarded(
  cluster: GuardedCluster,
  { request = {}, ...setup }: Omit<BackupSetup, "cluster" | "clock"> = {},
): Promise<TakenBackup> {
  const { clock } = cluster;
  return takeBackup({ ...setup, cluster, clock, request: { guard: "auto", ...request } });
}

export const errorsOf = ({ report }: TakenBackup): string[] =>
  report.errors.map(({ message }) => message);

export const guardsOf = ({ report }: TakenBackup) =>
  report.blocks.flatMap(({ guards }) => guards.map(({ state }) => state));
