import type { Consistency } from "../../backup/blocks/group-items.ts";
import { ArkError } from "../../lib/errors.ts";
import { parseLabelSelector } from "../../lib/parse-label-selector.ts";
import type { LabelSelector } from "../../lib/label-selector.ts";

type List = readonly string[] | undefined;

/** What yargs makes of the flags of `backup create`. */
export type BackupArguments = {
  readonly name?: string | undefined;
  readonly filename?: string | undefined;
  readonly namespace?: string | undefined;
  readonly "include-namespaces"?: List;
  readonly "exclude-namespaces"?: List;
  readonly "include-resources"?: List;
  readonly "exclude-resources"?: List;
  readonly "include-cluster-scoped-resources"?: List;
  readonly "exclude-cluster-scoped-resources"?: List;
  readonly "include-namespace-scoped-resources"?: List;
  readonly "exclude-namespace-scoped-resources"?: List;
  readonly "include-cluster-resources"?: boolean | undefined;
  readonly "snapshot-volumes"?: boolean | undefined;
  readonly selector?: string | undefined;
  readonly "or-selector"?: string | undefined;
  readonly "ordered-resources"?: string | undefined;
  readonly hooks?: boolean | undefined;
  readonly guard: "auto" | "require" | "off";
  readonly "max-freeze": string | undefined;
  readonly consistency: Consistency;
  readonly "snapshot-class"?: string | undefined;
  readonly "snapshot-timeout"?: string | undefined;
  readonly "volume-data"?: boolean | undefined;
  readonly "helper-image"?: string | undefined;
  readonly "helper-image-pull-policy"?: "Always" | "IfNotPresent" | "Never" | undefined;
  readonly parallelism: number;
  readonly "dry-run"?: boolean | undefined;
  readonly ttl?: string | undefined;
  readonly labels?: List;
  readonly "api-versions"?: boolean | undefined;
  readonly store?: string | undefined;
  readonly output?: "json" | "yaml" | "name" | undefined;
};

/** The spec fields that the flags set; fields without a flag are absent, so that they override nothing. */
export function specFromFlags(flags: BackupArguments): Record<string, unknown> {
  const fields: Record<string, unknown> = {
    includedNamespaces: includedNamespaces(flags),
    excludedNamespaces: flags["exclude-namespaces"],
    includedResources: flags["include-resources"],
    excludedResources: flags["exclude-resources"],
    includedClusterScopedResources: flags["include-cluster-scoped-resources"],
    excludedClusterScopedResources: flags["exclude-cluster-scoped-resources"],
    includedNamespaceScopedResources: flags["include-namespace-scoped-resources"],
    excludedNamespaceScopedResources: flags["exclude-namespace-scoped-resources"],
    includeClusterResources: flags["include-cluster-resources"],
    snapshotVolumes: flags["snapshot-volumes"],
    csiSnapshotTimeout: flags["snapshot-timeout"],
    ...selectors(flags),
    orderedResources: orderedResources(flags["ordered-resources"]),
    ttl: flags.ttl,
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function includedNamespaces(flags: BackupArguments): readonly string[] | undefined {
  const { namespace, "include-namespaces": included } = flags;
  if (namespace !== undefined && included !== undefined) {
    throw new ArkError("Usage", "-n and --include-namespaces cannot be used together", {
      hint: `Write --include-namespaces ${[namespace, ...included].join(",")}.`,
    });
  }
  if (namespace === "") throw new ArkError("Usage", "--namespace is empty");
  return namespace === undefined ? included : [namespace];
}

// A selector given by flag replaces either form in the document: both at once are not allowed.
function selectors(flags: BackupArguments): Record<string, unknown> {
  const { selector, "or-selector": alternatives } = flags;
  if (selector !== undefined && alternatives !== undefined) {
    throw new ArkError("Usage", "--selector and --or-selector cannot be used together");
  }
  if (selector !== undefined) {
    return { labelSelector: parseLabelSelector(selector), orLabelSelectors: null };
  }
  if (alternatives === undefined) return {};
  const orLabelSelectors: LabelSelector[] = alternatives.split(/\s+or\s+/).map(parseLabelSelector);
  return { labelSelector: null, orLabelSelectors };
}

/** `pods=ns/a,ns/b;configmaps=ns/c`, as Velero. */
function orderedResources(text: string | undefined): Record<string, string> | undefined {
  if (text === undefined) return undefined;
  const parts = text.split(";").filter((part) => part.trim() !== "");
  return Object.fromEntries(
    parts.map((part) => {
      const [kind = "", names = "", ...rest] = part.split("=").map((word) => word.trim());
      if (kind !== "" && names !== "" && rest.length === 0) return [kind, names];
      throw new ArkError(
        "Usage",
        `--ordered-resources: "${part.trim()}" is not of the form pods=ns/a,ns/b`,
      );
    }),
  );
}
