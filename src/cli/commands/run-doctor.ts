import type { BackupRequest } from "../../backup/backup-request.ts";
import { ArkError } from "../../lib/errors.ts";
import { systemClock } from "../../lib/system-clock.ts";
import type { CliContext } from "../cli-context.ts";
import { inspectJournal, inspectStore, openClientProcess, openDoctor } from "../compose.ts";
import type { ConnectionArguments } from "../connection-arguments.ts";
import { doctorChecks } from "../doctor/doctor-checks.ts";
import type { DoctorConnection, TrialPod } from "../doctor/doctor-tools.ts";
import { findPrograms } from "../doctor/find-programs.ts";
import { runChecks } from "../doctor/run-checks.ts";
import { EXIT } from "../exit-codes.ts";
import { formatCheck, formatChecks } from "../print/doctor.ts";
import { wantsColor } from "../print/timeline/glyphs.ts";
import { readBackupRequest } from "./backup-request.ts";

export type DoctorArguments = {
  readonly namespace?: string | undefined;
  readonly pod?: string | undefined;
  readonly store?: string | undefined;
  readonly output?: "json" | "yaml" | undefined;
};

/** Of each check; the slowest way is kubeconfig, cluster, api and what needs that. */
const LIMIT_MS = 8000;

/** `doctor`: looks at everything that a backup needs, and changes nothing. @returns 1 when a backup would not work */
export async function runDoctor(
  flags: DoctorArguments & ConnectionArguments,
  context: CliContext,
): Promise<number> {
  const { namespace, store, output } = flags;
  const pod = readTrialPod(flags.pod);
  const request = await requestOf(namespace, context);
  let opened: DoctorConnection | undefined;
  const checks = doctorChecks({
    request,
    namespace,
    pod,
    clock: systemClock,
    clientProcess: openClientProcess(),
    connect: async () => (opened = await openDoctor(flags, context)),
    inspectStore: () => inspectStore(store, context),
    inspectJournal: () => inspectJournal(context),
    findPrograms: (signal) => findPrograms(context, signal),
  });
  const look = {
    isColored: wantsColor(context.env, context.stdout),
    width: context.stdout.isTTY === true ? context.stdout.columns : undefined,
  };
  const onResult: Parameters<typeof runChecks>[1]["onResult"] = (result) => {
    if (output === undefined) context.stdout.write(formatCheck(result, look));
  };
  try {
    const options = { clock: systemClock, limitMs: LIMIT_MS, onResult };
    const results = await runChecks(checks, options, context.signal);
    if (output !== undefined) context.stdout.write(formatChecks(results, output));
    return results.some(({ status }) => status === "fail") ? EXIT.failed : EXIT.ok;
  } finally {
    opened?.close();
  }
}

/** The backup that would be made with these flags and no others. */
function requestOf(namespace: string | undefined, context: CliContext): Promise<BackupRequest> {
  const defaults = {
    guard: "auto",
    "max-freeze": "5m",
    consistency: "pod",
    parallelism: 4,
  } as const;
  return readBackupRequest({ namespace, ...defaults }, () => "doctor", context);
}

/** @throws ArkError Usage */
function readTrialPod(text: string | undefined): TrialPod | undefined {
  if (text === undefined) return undefined;
  const [, namespace, name] = /^(?:([^/]+)\/)?([^/]+)$/.exec(text) ?? [];
  if (name === undefined || [namespace, name].some((part) => part === "." || part === "..")) {
    throw new ArkError("Usage", `--pod: "${text}" is not of the form NAMESPACE/NAME`);
  }
  return { namespace, name };
}
