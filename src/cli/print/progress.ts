import type { Writable } from "node:stream";
import type { BackupEvent, BackupObserver } from "../../backup/backup-events.ts";
import type { Finding } from "../../backup/backup-report.ts";
import type { BackupPlan } from "../../backup/plan/plan-backup.ts";
import type { Cluster } from "../../cluster/cluster.ts";
import type { HookOutcome } from "../../hooks/hook.ts";
import type { OutputDevice } from "../cli-context.ts";
import { escapeLine } from "./escape.ts";
import { formatBytes, formatSeconds, plural } from "./quantities.ts";
import { createStatusLine } from "./status-line.ts";

export type ProgressFacts = {
  readonly storeUrl: string;
  readonly cluster: Pick<Cluster, "identity">;
};

/** Progress of a backup: lines for what is worth keeping, and on a terminal one live line below them. */
export function createProgressPrinter(
  stderr: Writable & OutputDevice,
  facts: ProgressFacts,
): { readonly observe: BackupObserver; end(): void } {
  const status = createStatusLine(stderr);
  const state: State = {
    items: 0,
    index: 0,
    total: 0,
    kind: "",
    blocks: 0,
    blocksDone: 0,
    waiting: 0,
    copies: new Map(),
  };
  const observe = (event: BackupEvent): void => {
    const line = lineFor(event, facts);
    if (line !== undefined) status.line(escapeLine(line));
    follow(event, state);
    status.live(escapeLine(describeState(state, event)));
  };
  return { observe, end: () => status.end() };
}

type State = {
  items: number;
  index: number;
  total: number;
  kind: string;
  blocks: number;
  blocksDone: number;
  /** Volumes that are waited for, once all else is stored. */
  waiting: number;
  /** Bytes until now of each claim that is being copied. */
  readonly copies: Map<string, number>;
};

function follow(event: BackupEvent, state: State): void {
  if (event.kind === "items-stored") {
    state.items = event.total;
    state.kind = event.groupResource;
  }
  if (event.kind === "blocks-found") state.blocks = event.blocks;
  if (event.kind === "block-ended") state.blocksDone += 1;
  if (event.kind === "volumes-settling") state.waiting = event.waiting;
  if (event.kind === "copy-progress") state.copies.set(event.claim, event.bytes);
  if (event.kind === "copy-ended") state.copies.delete(event.claim);
  if (event.kind === "resource-started") {
    state.index = event.index + 1;
    state.total = event.total;
  }
}

function describeState(state: State, event: BackupEvent): string {
  if (event.kind === "publishing") return "publishing…";
  if (event.kind === "hooks-started") {
    return `running ${event.phase} hooks of ${event.namespace}/${event.pod}…`;
  }
  if (state.waiting > 0 || event.kind === "copy-progress") return describeVolumes(state);
  if (state.total > 0) {
    return `${plural(state.items, "object")} stored, ${state.index} of ${state.total} kinds begun: ${state.kind}…`;
  }
  return state.blocks > 0
    ? `pods with hooks or volumes: ${state.blocksDone} of ${plural(state.blocks, "block")} done`
    : "looking at pods…";
}

function describeVolumes({ waiting, copies }: State): string {
  const [first] = copies.keys();
  if (first === undefined) return `waiting for ${plural(waiting, "snapshot")} to become ready…`;
  const bytes = formatBytes([...copies.values()].reduce((sum, one) => sum + one, 0));
  const what = copies.size === 1 ? first : plural(copies.size, "volume");
  const others = waiting - copies.size;
  return `copying ${what}: ${bytes}${others > 0 ? `, ${plural(others, "more volume")} to come` : ""}…`;
}

/** The line that an event leaves behind, in a terminal and in a pipe alike. */
function lineFor(event: BackupEvent, facts: ProgressFacts): string | undefined {
  if (event.kind === "planned") return formatPlanLine(event.plan, facts);
  if (event.kind === "hook-ended") return formatHookLine(event.outcome);
  if (event.kind === "warned-beforehand") return formatWarning(event.finding);
  return volumeLine(event);
}

function volumeLine(event: BackupEvent): string | undefined {
  if (event.kind === "snapshot-cut") {
    return `snapshot of ${event.claim}: cut in ${formatSeconds(event.afterMs)}`;
  }
  if (event.kind === "snapshot-failed")
    return `snapshot of ${event.claim}: failed: ${event.message}`;
  if (event.kind !== "copy-ended") return undefined;
  const { claim, bytes, durationMs, failed } = event;
  const time = formatSeconds(durationMs);
  return failed === undefined
    ? `data of ${claim}: ${formatBytes(bytes)} copied in ${time}${rateOf(bytes, durationMs)}`
    : `data of ${claim}: failed after ${time}: ${failed}`;
}

/** Of less than a second a rate says nothing. */
function rateOf(bytes: number, durationMs: number): string {
  return durationMs < 1000 ? "" : ` (${formatBytes(Math.round(bytes / (durationMs / 1000)))}/s)`;
}

/** The first line: what the backup covers and where it goes. */
function formatPlanLine(
  { request, namespaces }: BackupPlan,
  { storeUrl, cluster }: ProgressFacts,
): string {
  const { context, server } = cluster.identity;
  const scope = namespaces.named
    ? `${namespaces.named.length === 1 ? "namespace" : "namespaces"} ${namespaces.named.join(", ")}`
    : `all namespaces${namespaces.everything ? "" : " but the excluded ones"}`;
  return `Backing up ${scope} of context ${context} (${server}) as ${request.name} to ${storeUrl}`;
}

function formatWarning({ message, hint }: Finding): string {
  return `warning: ${message}${hint === undefined ? "" : `. ${hint}`}`;
}

function formatHookLine(outcome: HookOutcome): string {
  const { hook, namespace, pod, container, status, durationMs, message } = outcome;
  const where = `${namespace}/${pod}${container === "" ? "" : ` (${container})`}`;
  const how = message === undefined ? status : `${status}: ${message}`;
  const time = status === "skipped" ? "" : ` in ${formatSeconds(durationMs)}`;
  return `${hook.phase} hook ${where}: ${hook.command.join(" ").slice(0, 60)}: ${how}${time}`;
}
