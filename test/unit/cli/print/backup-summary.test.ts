import assert from "node:assert/strict";
import { test } from "node:test";
import type { BackupReport, Finding } from "../../../../src/backup/backup-report.ts";
import { formatBackupSummary } from "../../../../src/cli/print/backup-summary.ts";

const at = new Date("2026-01-31T12:00:00Z");
const atCluster = "at the cluster scope";

function summaryOf(errors: readonly Finding[], itemCount = 0): string[] {
  const report: BackupReport = {
    name: "nightly",
    phase: itemCount > 0 ? "PartiallyFailed" : "Failed",
    startedAt: at,
    completedAt: at,
    itemCount,
    itemCounts: {},
    skipped: {
      terminating: 0,
      "labelled-exclude-from-backup": 0,
      "made-by-a-backup": 0,
      "written-by-kubernetes": 0,
    },
    errors,
    warnings: [],
    hooks: [],
    volumes: [],
    podVolumes: [],
    blocks: [],
    uncompressedBytes: 0,
    files: {},
  };
  return formatBackupSummary(report, "file:///backups").split("\n").slice(1, -2);
}

const refused = (kind: string, where = atCluster): Finding => ({
  message: `cannot list ${kind}: ${kind} is forbidden: User "jane" cannot list resource "${kind}" in API group "" ${where}`,
  groupResource: kind,
  hint: `ask for ${kind}`,
  code: "Forbidden",
});
const kinds = Array.from({ length: 34 }, (_, index) => `kind-${index}`);

test("many kinds that may not be listed are one line with the verb and ten of them, and one hint at -n", () => {
  const lines = summaryOf(kinds.map((kind) => refused(kind)));
  assert.deepEqual(lines, [
    `error: User "jane" cannot list ${atCluster}: ${kinds.slice(0, 10).join(", ")} and 24 more`,
    "hint: Nothing may be listed for the whole cluster. Name a namespace: -n NAMESPACE",
  ]);
});

test("where something was stored the hint leaves all the refused kinds out", () => {
  const where = 'in the namespace "shop"';
  const lines = summaryOf(
    ["secrets", "leases"].map((kind) => refused(kind, where)),
    5,
  );
  assert.deepEqual(lines, [
    `error: User "jane" cannot list ${where}: secrets, leases`,
    "hint: What you may not list is not in the backup. To leave it out on purpose: --exclude-resources=secrets,leases",
  ]);
});

test("refusals in two places are two lines, and words of another server are kept out of them", () => {
  const odd = ["a", "b"].map((kind) => ({ ...refused(kind), message: "the webhook said no" }));
  const lines = summaryOf(
    [refused("nodes"), refused("volumes"), refused("pods", 'in the namespace "x"'), ...odd],
    1,
  );
  assert.match(
    lines[0] ?? "",
    /^error: User "jane" cannot list at the cluster scope: nodes, volumes$/,
  );
  assert.match(lines[1] ?? "", /^error: pods: cannot list pods: /);
  assert.equal(
    lines.find((line) => line.includes("a, b")),
    "error: may not be listed: a, b",
  );
});

test("a single refusal, and errors of objects and of other kinds, stay as they are", () => {
  const other: Finding = { message: "gone", groupResource: "pods", code: "ClusterUnreachable" };
  const named: Finding = { ...refused("namespaces"), name: "shop" };
  const lines = summaryOf([refused("secrets"), other, named], 1);
  assert.match(lines[0] ?? "", /^error: secrets: cannot list secrets: /);
  assert.equal(lines[1], "  hint: ask for secrets");
  assert.equal(lines[2], "error: pods: gone");
  assert.match(lines[3] ?? "", /^error: namespaces shop: /);
});
