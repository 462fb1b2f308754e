import type { Fault, RuleText, Severity } from "./rule.ts";

/** One thing that is wrong, as `hooks check` shows it. */
export type Finding = {
  readonly rule: string;
  readonly severity: Severity;
  /** "" for a Backup document. */
  readonly namespace: string;
  readonly kind: string;
  readonly name: string;
  /** "pod/db-0" */
  readonly label: string;
  readonly key?: string | undefined;
  readonly message: string;
  readonly fix: string;
  /** For a fault of the document: some of the pods in which it shows, as "namespace/name", and how many there are. */
  readonly pods?: { readonly some: readonly string[]; readonly count: number } | undefined;
};

/** Whose fault it is. */
export type FindingPlace = Pick<Finding, "namespace" | "kind" | "name" | "label">;

/** The same fault of one place is one finding, however many pods show it. */
export type FindingList = {
  /** @param pod "namespace/name" of the pod that shows a fault of the document */
  add(place: FindingPlace, rule: RuleText, fault: Fault, pod?: string): void;
  all(): readonly Finding[];
};

const MAX_PODS_NAMED = 3;

export function createFindingList(): FindingList {
  const findings = new Map<string, Finding>();
  return {
    add({ namespace, kind, name, label }, { id, severity }, { key, message, fix }, pod) {
      const identity = JSON.stringify([namespace, label, id, key, message]);
      const earlier = findings.get(identity)?.pods;
      const some = [...(earlier?.some ?? []), ...(pod === undefined ? [] : [pod])];
      findings.set(identity, {
        rule: id,
        severity,
        namespace,
        kind,
        name,
        label,
        ...(key !== undefined && { key }),
        message,
        fix,
        ...(pod !== undefined && {
          pods: { some: some.slice(0, MAX_PODS_NAMED), count: (earlier?.count ?? 0) + 1 },
        }),
      });
    },
    all: () => [...findings.values()],
  };
}
