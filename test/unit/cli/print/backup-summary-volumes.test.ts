import assert from "node:assert/strict";
import { test } from "node:test";
import type { VolumeRecord } from "../../../../src/api/backup-record.ts";
import { createReportBuilder } from "../../../../src/backup/backup-report.ts";
import { formatBackupSummary } from "../../../../src/cli/print/backup-summary.ts";
import { aCopyRecord, aVolumeRecord } from "../../../support/record-builders.ts";

const at = new Date("2026-01-31T12:00:00Z");

function firstLine(volumes: readonly VolumeRecord[]): string {
  const builder = createReportBuilder();
  for (const volume of volumes) builder.volume(volume);
  const counts = { itemCount: 2, itemCounts: {}, uncompressedBytes: 0 };
  const report = builder.build({ name: "nightly", startedAt: at, completedAt: at, ...counts });
  return formatBackupSummary(report, "file:///backups").split("\n")[0] ?? "";
}

const times = { requestMs: 0, cutMs: 1, readyMs: 2 };
const data = aCopyRecord("snapshot", [3, 4]);

test("a summary counts the volumes that were snapshotted, copied with their bytes, and failed", () => {
  const line = firstLine([
    aVolumeRecord("a", times),
    aVolumeRecord("b", times, { data }),
    { claim: "shop/c", result: "captured", data },
    aVolumeRecord("d", { requestMs: 0, cutMs: 1 }, { result: "failed", reason: "late" }),
    aVolumeRecord("f", times, { result: "failed", reason: "its data was not copied: no" }),
    { claim: "shop/e", result: "skipped", reason: "nfs" },
  ]);
  const expected =
    "3 volumes snapshotted, 2 volumes copied (16.0 MiB, stored as 6.0 MiB), 2 volumes failed, took 0 ms";
  assert.ok(line.includes(expected), line);
});

test("a summary is silent about volumes where none was to be captured", () => {
  assert.doesNotMatch(firstLine([{ claim: "shop/e", result: "skipped" }]), /volume/);
});
