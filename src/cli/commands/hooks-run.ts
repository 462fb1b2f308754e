import { normalizeBackupSpec } from "../../api/backup-spec.ts";
import type { BackupReport } from "../../backup/backup-report.ts";
import { defaultVolumeSettings, type BackupRequest } from "../../backup/backup-request.ts";
import type { DetachedPorts } from "../../backup/detached-run.ts";
import { rehearseHooks } from "../../backup/rehearse-hooks.ts";
import { toBackupRecord } from "../../backup/backup-record.ts";
import type { Cluster, KubernetesObject } from "../../cluster/cluster.ts";
import { parseRawObject } from "../../cluster/raw-object.ts";
import { ArkError } from "../../lib/errors.ts";
import { matchesLabels, type LabelSelector } from "../../lib/label-selector.ts";
import { systemClock } from "../../lib/system-clock.ts";
import type { CliContext } from "../cli-context.ts";
import { openCluster, openJournal } from "../compose.ts";
import type { ConnectionArguments } from "../connection-arguments.ts";
import { EXIT } from "../exit-codes.ts";
import { formatFindings } from "../print/backup-summary.ts";
import { createOutputPrinter, formatRehearsal } from "../print/rehearsal.ts";
import { createProgressPrinter } from "../print/progress.ts";
import { formatStructured } from "../print/structured.ts";
import { toolVersion } from "../tool-version.ts";
import { parseMaxFreeze } from "./backup-request.ts";
import { fetchObjects } from "./hooks-fetch.ts";
import { resolveTargets, type TargetArguments, type TargetQuery } from "./hooks-targets.ts";

export type RunArguments = TargetArguments & {
  readonly pre?: boolean | undefined;
  readonly post?: boolean | undefined;
  readonly guard: BackupRequest["guard"];
  readonly "max-freeze": string | undefined;
  readonly output?: "json" | "yaml" | undefined;
};

/** `hooks run`: a rehearsal. Exit code 1 when a hook failed, or a guard had to take over. */
export async function runHooksRun(
  flags: RunArguments & ConnectionArguments,
  context: CliContext,
): Promise<number> {
  const opened = await openCluster(flags, context);
  try {
    return await rehearse(flags, opened.cluster, context);
  } finally {
    opened.close();
  }
}

async function rehearse(
  flags: RunArguments,
  cluster: Cluster,
  context: CliContext,
): Promise<number> {
  const { queries, namespace } = await resolveTargets(flags, cluster, context.signal);
  if (queries.length === 0) {
    throw new ArkError("Usage", "say which pods: TYPE/NAME, or TYPE with -l", {
      hint: "For example: kubectl ark hooks run pod/db-0",
    });
  }
  const isMeant = await findPods(queries, cluster, context);
  const progress = createProgressPrinter(context.stderr, { storeUrl: "", cluster });
  const ports: DetachedPorts = {
    cluster,
    journal: openJournal(context),
    clock: systemClock,
    observe: progress.observe,
    hurry: context.hurry,
    ...(flags.output === undefined && { onHookOutput: createOutputPrinter(context.stdout) }),
  };
  const request = toRequest(flags, namespace);
  const rehearsal = { isMeant, postOnly: flags.post === true && flags.pre !== true };
  try {
    const report = await rehearseHooks(request, rehearsal, ports, context.signal);
    progress.end();
    return print(report, request, ports, { form: flags.output, context });
  } finally {
    progress.end();
  }
}

function print(
  report: BackupReport,
  { toolVersion: version }: BackupRequest,
  { cluster }: Pick<DetachedPorts, "cluster">,
  { form, context }: { readonly form: RunArguments["output"]; readonly context: CliContext },
): number {
  const record = { report, identity: cluster.identity, toolVersion: version };
  const text =
    form === undefined ? formatRehearsal(report) : formatStructured(hooksOf(record), form);
  context.stdout.write(text);
  const lines = [
    ...formatFindings("error", report.errors),
    ...formatFindings("warning", report.warnings),
  ];
  for (const line of lines) context.stderr.write(`${line}\n`);
  return report.errors.length > 0 ? EXIT.failed : EXIT.ok;
}

function hooksOf(facts: Parameters<typeof toBackupRecord>[0]): unknown {
  const { hooks, blocks, errors, warnings } = toBackupRecord(facts);
  return { hooks, blocks, errors, warnings };
}

function toRequest(flags: RunArguments, namespace: string): BackupRequest {
  const spec = {
    includedNamespaces: [namespace],
    includedResources: ["pods"],
    snapshotVolumes: false,
  };
  return {
    name: "hooks-run",
    spec: normalizeBackupSpec(spec),
    originalSpec: spec,
    labels: {},
    annotations: {},
    hooks: null,
    guard: flags.guard,
    maxFreezeMs: parseMaxFreeze(flags["max-freeze"] ?? ""),
    parallelism: 4,
    apiVersions: false,
    toolVersion,
    warnings: [],
    ...defaultVolumeSettings,
  };
}

type IsMeant = (pod: { readonly namespace: string; readonly name: string }) => boolean;

/** The pods that the words mean: pods by name or label, of a workload those that its selector selects. */
async function findPods(
  queries: readonly TargetQuery[],
  cluster: Cluster,
  context: CliContext,
): Promise<IsMeant> {
  const names = new Set<string>();
  for (const query of queries) {
    for await (const raw of fetchObjects(query, query.namespace, { cluster, context })) {
      const object = parseRawObject(raw);
      const found =
        raw.kind === "Pod"
          ? [raw.metadata.name]
          : await podsOf(object, query, { cluster, context });
      found.forEach((name) => names.add(name));
    }
  }
  return ({ name }) => names.has(name);
}

async function podsOf(
  workload: KubernetesObject,
  { namespace }: TargetQuery,
  { cluster, context }: { readonly cluster: Cluster; readonly context: CliContext },
): Promise<string[]> {
  const { spec } = workload as KubernetesObject & {
    readonly spec?: { readonly selector?: LabelSelector };
  };
  const pods = (await cluster.discover(context.signal)).resources.find(
    ({ group, resource }) => group === "" && resource === "pods",
  );
  const selector = spec?.selector;
  if (!pods || !selector?.matchLabels) return [];
  const names: string[] = [];
  for await (const raw of fetchObjects({ resource: pods }, namespace, { cluster, context })) {
    if (matchesLabels(selector, raw.metadata.labels ?? {})) names.push(raw.metadata.name);
  }
  return names;
}
