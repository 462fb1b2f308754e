import assert from "node:assert/strict";
import type { BackupRecord, HookRecord } from "../../../src/api/backup-record.ts";
import { unpack } from "./archive.ts";
import type { Ark } from "./cli.ts";
import type { TestNamespace } from "./cluster.ts";
import { aConfigMap, aPod, hookAnnotations, type PodSpec } from "./manifests.ts";

/** What came of a backup that holds one pod, and a ConfigMap so that something is stored in any case. */
export type RowResult = {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly record: BackupRecord;
  /** `describe`, as people read it. */
  readonly description: string;
  /** `describe --details`. */
  readonly details: string;
  readonly isArchived: boolean;
};

/** The ConfigMap that every row's backup holds. */
export const bystander = aConfigMap("bystander", { row: "all" });

export const sayQuiesced = ["echo", "quiesced"];
export const sayResumed = ["echo", "resumed"];

/** A pod that is the only one of its row. @param annotations by default hooks that succeed */
export function aRow(
  name: string,
  hooks: Parameters<typeof hookAnnotations>[0] = { pre: sayQuiesced, post: sayResumed },
  spec: PodSpec = {},
): unknown {
  const annotations = { ...hookAnnotations(hooks), ...spec.annotations };
  return aPod(name, { ...spec, annotations, labels: { row: name } });
}

export async function backUpRow(
  ark: Ark,
  namespace: TestNamespace,
  row: string,
  options: { readonly words?: readonly string[]; readonly document?: unknown } = {},
): Promise<RowResult> {
  const { words = [], document } = options;
  const source = document === undefined ? [] : ["-f", "-"];
  const scope = ["-n", namespace.name, "-l", `row in (${row}, all)`];
  const input = document === undefined ? "" : JSON.stringify(document);
  const ran = await ark.run(["backup", "create", row, ...scope, ...source, ...words], { input });
  assert.match(ran.stdout, /^Backup /, `no backup was stored: ${ran.stderr}`);
  const [record, description, details, archive] = await Promise.all([
    ark.record(row),
    ark.run(["backup", "describe", row]),
    ark.run(["backup", "describe", row, "--details"]),
    unpack(ark, row),
  ]);
  const isArchived = archive.paths.includes(
    `resources/pods/namespaces/${namespace.name}/${row}.json`,
  );
  const texts = { description: description.stdout, details: details.stdout };
  return { ...ran, record, ...texts, isArchived };
}

/** A Backup document with hooks for the pods of a row. */
export function aDocument(
  row: string,
  ...hooks: readonly {
    readonly name: string;
    readonly pre?: readonly unknown[];
    readonly post?: readonly unknown[];
  }[]
): unknown {
  const resources = hooks.map((hook) => ({
    ...hook,
    labelSelector: { matchLabels: { row } },
  }));
  return {
    apiVersion: "ark.heptio.com/v1",
    kind: "Backup",
    metadata: {},
    spec: { hooks: { resources } },
  };
}

/** An entry of a document's `pre` or `post`. */
export function anExec(
  command: readonly string[],
  settings: Record<string, unknown> = {},
): unknown {
  return { exec: { command, ...settings } };
}

/** "pre succeeded 0", "post failed NoSuchContainer", … in the order in which they ran. */
export function outcomes({ hooks }: BackupRecord): string[] {
  return hooks.map(({ phase, status, exitCode, reason }) =>
    [phase, status, exitCode === undefined || exitCode === 0 ? reason : exitCode]
      .filter((part) => part !== undefined)
      .join(" "),
  );
}

export function hookOf({ hooks }: BackupRecord, phase: "pre" | "post"): HookRecord {
  const found = hooks.find((hook) => hook.phase === phase);
  assert.ok(found, `there is no ${phase} hook in the record`);
  return found;
}

/** The backup is PartiallyFailed, and everybody says so. */
export function assertPartiallyFailed({ exitCode, stdout, record, description }: RowResult): void {
  assert.equal(exitCode, 3);
  assert.equal(record.phase, "PartiallyFailed");
  assert.match(stdout, /^Backup \S+ PartiallyFailed: /);
  assert.match(description, /^Phase: +PartiallyFailed$/m);
}

export function assertCompleted({ exitCode, stdout, record, description }: RowResult): void {
  assert.equal(exitCode, 0, stdout);
  assert.deepEqual([record.phase, record.errors], ["Completed", []]);
  assert.match(stdout, /^Backup \S+ Completed: /);
  assert.match(description, /^Phase: +Completed$/m);
}
