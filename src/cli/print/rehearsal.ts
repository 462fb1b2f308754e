import type { Writable } from "node:stream";
import type { BackupReport } from "../../backup/backup-report.ts";
import type { HookOutcome } from "../../hooks/hook.ts";
import type { HookOutputObserver } from "../../backup/backup-run.ts";
import { escapeLine } from "./escape.ts";
import { formatSeconds } from "./quantities.ts";

/** The end of what `hooks run` prints: how each hook ended, and how long each pod was frozen. */
export function formatRehearsal({ hooks, blocks }: BackupReport): string {
  const frozen = blocks
    .filter(({ quiescedMs }) => quiescedMs !== undefined)
    .map(
      ({ pods, quiescedMs, guards }) =>
        `${pods.join(", ")}: frozen for ${formatSeconds(quiescedMs ?? 0)}, guard: ${guardState(guards)}`,
    );
  return [...hooks.flatMap(formatOutcome), ...frozen.map(escapeLine), ""].join("\n");
}

function guardState(guards: BackupReport["blocks"][number]["guards"]): string {
  return [...new Set(guards.map(({ state }) => state))].join(", ") || "off";
}

function formatOutcome(outcome: HookOutcome): string[] {
  const { hook, namespace, pod, container, status, durationMs, message } = outcome;
  const how = message === undefined ? status : `${status}: ${message}`;
  const time = status === "skipped" ? "" : ` (${formatSeconds(durationMs)})`;
  const head = `${hook.phase} hook of ${namespace}/${pod}, container ${container || "<none>"}: ${how}${time}`;
  return [escapeLine(head), `  $ ${escapeLine(hook.command.join(" "))}`];
}

/** Prints what hooks say as they say it, each line with where it comes from: several pods may speak at once. */
export function createOutputPrinter(stdout: Writable): HookOutputObserver {
  const rests = new Map<string, string>();
  return ({ namespace, pod, phase }, stream, chunk) => {
    const source = `${namespace}/${pod} ${phase} ${stream}`;
    const lines = `${rests.get(source) ?? ""}${Buffer.from(chunk).toString("utf8")}`.split("\n");
    rests.set(source, (lines.pop() ?? "").slice(-4096));
    for (const line of lines) stdout.write(`[${source}] ${escapeLine(line)}\n`);
  };
}
