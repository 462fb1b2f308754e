import type { CheckCounts } from "../../hooks/check/check-hooks.ts";
import type { Finding } from "../../hooks/check/finding.ts";
import type { Severity } from "../../hooks/check/rule.ts";
import { shorten } from "../../lib/shorten.ts";
import { plural } from "./quantities.ts";
import { formatStructured } from "./structured.ts";
import { formatTable } from "./table.ts";

export type FindingsOutput = "json" | "yaml" | "wide";

export type FindingsFormat = {
  readonly output?: FindingsOutput | undefined;
  readonly "no-headers"?: boolean | undefined;
  readonly showNamespace: boolean;
};

const SEVERITIES: readonly Severity[] = ["error", "warning", "note"];
/** How much of a message a table shows; `-o wide` shows more. */
const MAX_MESSAGE = { narrow: 200, wide: 4000 };

/** The findings as `hooks check` prints them: what is worst first. */
export function formatFindings(findings: readonly Finding[], format: FindingsFormat): string {
  const sorted = findings.toSorted(
    (a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity),
  );
  const { output } = format;
  if (output === "json" || output === "yaml") {
    return formatStructured({ items: sorted.map(toItem) }, output);
  }
  return sorted.length === 0 ? "" : formatFindingTable(sorted, format);
}

function toItem({ pods, rule, severity, namespace, kind, name, ...more }: Finding): unknown {
  const { key, message, fix } = more;
  const shown = pods && { pods: pods.some, podCount: pods.count };
  return { rule, severity, namespace, kind, name, key, message, fix, ...shown };
}

function formatFindingTable(findings: readonly Finding[], format: FindingsFormat): string {
  const isWide = format.output === "wide";
  const headers = [
    ...(format.showNamespace ? ["NAMESPACE"] : []),
    "NAME",
    "SEVERITY",
    "RULE",
    ...(isWide ? ["KEY"] : []),
    "PROBLEM",
    "FIX",
  ];
  const cells = findings.map((finding) => [
    ...(format.showNamespace ? [finding.namespace] : []),
    finding.label,
    finding.severity,
    finding.rule,
    ...(isWide ? [finding.key ?? ""] : []),
    shorten(messageWithPods(finding), isWide ? MAX_MESSAGE.wide : MAX_MESSAGE.narrow),
    finding.fix,
  ]);
  return formatTable(headers, cells, { noHeaders: format["no-headers"] });
}

function messageWithPods({ message, pods }: Finding): string {
  if (pods === undefined) return message;
  const more = pods.count - pods.some.length;
  const others = more > 0 ? ` and ${plural(more, "other")}` : "";
  return `${message} (${pods.some.join(", ")}${others})`;
}

/** "2 errors, 1 note in 5 hooks of 4 pods.", for stderr. */
export function summarizeFindings(findings: readonly Finding[], counts: CheckCounts): string {
  const found = SEVERITIES.flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [plural(count, severity)];
  });
  const { hooks, pods, workloads } = counts;
  const more = workloads === 0 ? "" : ` and ${plural(workloads, "workload")}`;
  const what = `${plural(hooks, "hook")} of ${plural(pods, "pod")}${more}`;
  return `${found.length === 0 ? "No problems found" : found.join(", ")} in ${what}.`;
}
