import * as z from "zod";
import { LABEL_OPERATORS, requirementError } from "../lib/label-selector.ts";
import { dnsSubdomainError } from "../lib/label-syntax.ts";
import { shorten } from "../lib/shorten.ts";
import { anyValue, duration, labelMap, strictFields, textList } from "./fields.ts";

const labelRequirement = strictFields({
  key: z.string(),
  operator: z.enum(LABEL_OPERATORS, {
    error: (issue) =>
      issue.input === undefined
        ? "is required"
        : `${JSON.stringify(issue.input)} is not an operator: use ${LABEL_OPERATORS.join(", ")}`,
  }),
  values: textList,
}).superRefine((requirement, context) => {
  const message = requirementError(requirement);
  if (message) context.addIssue({ code: "custom", message, input: requirement });
});

const labelSelector = strictFields({
  matchLabels: labelMap.nullish(),
  matchExpressions: z.array(labelRequirement).nullish(),
});

const execHook = strictFields({
  container: z.string().nullish(),
  command: z
    .array(z.string())
    .min(1, { error: "command is required: give at least the program to run" }),
  // Any text: what is neither Fail nor Continue is warned about and behaves as Fail.
  onError: z.string().nullish(),
  timeout: duration.nullish(),
});

const hookList = z.array(strictFields({ exec: execHook.nullish() })).nullish();

const resourceHook = strictFields({
  name: z.string().nullish(),
  includedNamespaces: textList,
  excludedNamespaces: textList,
  includedResources: textList,
  excludedResources: textList,
  labelSelector: labelSelector.nullish(),
  hooks: hookList,
  pre: hookList,
  post: hookList,
  order: z.int().nullish(),
});

/** Settings of a Velero server, which mean nothing here: kept in the document, warned about. */
const serverSettings = {
  datamover: anyValue,
  defaultVolumesToFsBackup: anyValue,
  defaultVolumesToRestic: anyValue,
  itemOperationTimeout: anyValue,
  resourcePolicy: anyValue,
  snapshotMoveData: anyValue,
  storageLocation: anyValue,
  uploaderConfig: anyValue,
  volumeGroupSnapshotLabelKey: anyValue,
  volumeSnapshotLocations: anyValue,
};

export function isServerSetting(field: string): boolean {
  return Object.hasOwn(serverSettings, field);
}

const backupSpec = strictFields({
  includedNamespaces: textList,
  excludedNamespaces: textList,
  includedResources: textList,
  excludedResources: textList,
  includedClusterScopedResources: textList,
  excludedClusterScopedResources: textList,
  includedNamespaceScopedResources: textList,
  excludedNamespaceScopedResources: textList,
  labelSelector: labelSelector.nullish(),
  orLabelSelectors: z.array(labelSelector).nullish(),
  includeClusterResources: z.boolean().nullish(),
  snapshotVolumes: z.boolean().nullish(),
  csiSnapshotTimeout: duration.nullish(),
  ttl: duration.nullish(),
  orderedResources: z.record(z.string(), z.string()).nullish(),
  metadata: strictFields({ labels: labelMap.nullish() }).nullish(),
  hooks: strictFields({ resources: z.array(resourceHook).nullish() }).nullish(),
  ...serverSettings,
});

const objectName = z.string().superRefine((name, context) => {
  const reason = dnsSubdomainError(name);
  if (reason === undefined) return;
  const message = `"${shorten(name)}" cannot be a name: ${reason}`;
  context.addIssue({ code: "custom", message, input: name });
});

const metadata = strictFields({
  name: objectName.nullish(),
  namespace: z.string().nullish(),
  labels: labelMap.nullish(),
  annotations: z.record(z.string(), z.string()).nullish(),
  // Written by an API server, in documents that came from `kubectl get -o yaml`.
  creationTimestamp: anyValue,
  deletionGracePeriodSeconds: anyValue,
  deletionTimestamp: anyValue,
  finalizers: anyValue,
  generateName: anyValue,
  generation: anyValue,
  managedFields: anyValue,
  ownerReferences: anyValue,
  resourceVersion: anyValue,
  selfLink: anyValue,
  uid: anyValue,
});

export const backupSchema = strictFields({
  apiVersion: z.enum(["ark.heptio.com/v1", "velero.io/v1"], {
    error: (issue) => expectedText("ark.heptio.com/v1 or velero.io/v1", issue.input),
  }),
  kind: z.literal("Backup", { error: (issue) => expectedText("Backup", issue.input) }),
  metadata: metadata.nullish(),
  spec: backupSpec.nullish(),
  status: anyValue,
});

function expectedText(expected: string, found: unknown): string {
  if (found === undefined) return `is required: write ${expected}`;
  return `expected ${expected}, found ${shorten(JSON.stringify(found))}`;
}

type Parsed = z.infer<typeof backupSchema>;
/** The spec as it was written, nulls and a Velero server's settings included. */
export type BackupSpecFields = NonNullable<Parsed["spec"]>;
export type ResourceHookFields = z.infer<typeof resourceHook>;
export type HookFields = NonNullable<ResourceHookFields["pre"]>[number];

/** A Backup document that follows its schema and rules. */
export type BackupDocument = Omit<Parsed, "metadata" | "spec"> & {
  readonly metadata: NonNullable<Parsed["metadata"]>;
  readonly spec: BackupSpecFields;
};

/** The JSON Schema of a Backup document, for editors. */
export function backupJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(backupSchema, { io: "input" }), title: "Backup" };
}
