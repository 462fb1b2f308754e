import * as fc from "fast-check";
import type { BackupRecord, BlockRecord, HookRecord } from "../../src/api/backup-record.ts";
import { parseBackupRecord } from "../../src/api/backup-record.ts";
import { recordStart } from "./record-builders.ts";

/** Names as they are, and as nobody should make them. */
const names = fc.oneof(
  fc.constantFrom("shop/db-0", "shop/db-1", "shop/data", `a/${"x".repeat(253)}`),
  fc.constantFrom(
    "<script>alert(1)</script>",
    "\u202eevil\u001b[31m",
    '"><b onload="x',
    "数据库/é\n",
  ),
  fc.string({ unit: "binary", maxLength: 40 }),
);

/** Mostly around one moment, so that bars meet; now and then far off, or no time at all. */
const timestamps = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 5000 }).map(around) },
  { weight: 2, arbitrary: fc.integer({ min: -4e6, max: 4e9 }).map(around) },
  fc.constantFrom("", "never", "+275760-09-13T00:00:00.000Z", "-271821-04-20T00:00:00.000Z"),
);

function around(ms: number): string {
  return new Date(recordStart + ms).toISOString();
}

const seconds = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 0, max: 5000 }).map((ms) => ms / 1000) },
  fc.constantFrom(0, -1, 86_400, 1e300, Number.MIN_VALUE),
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const outputs = names.map((text) => ({ text, totalBytes: text.length, omittedBytes: 0 }));

const hooks: fc.Arbitrary<HookRecord> = fc.record({
  namespace: fc.constantFrom("shop", "a"),
  pod: fc.constantFrom("db-0", "db-1", "<b>"),
  container: names,
  name: names,
  source: fc.constantFrom("annotation", "spec"),
  phase: fc.constantFrom("pre", "post"),
  command: fc.array(names, { maxLength: 3 }),
  onError: fc.constantFrom("Fail", "Continue"),
  timeoutSeconds: fc.constant(30),
  status: fc.constantFrom("succeeded", "failed", "skipped"),
  reason: maybe(names),
  message: maybe(names),
  exitCode: maybe(fc.integer()),
  started: fc.boolean(),
  startTimestamp: timestamps,
  durationSeconds: seconds,
  stdout: outputs,
  stderr: outputs,
});

const snapshots = fc.record({
  name: names,
  className: maybe(names),
  restoreSizeBytes: maybe(fc.nat()),
  requestTimestamp: timestamps,
  cutTimestamp: maybe(timestamps),
  readyTimestamp: maybe(timestamps),
});

const data = fc.record({
  file: names,
  source: fc.constantFrom("snapshot" as const, "pod" as const),
  sizeBytes: fc.nat(),
  uncompressedBytes: fc.nat(),
  startTimestamp: timestamps,
  endTimestamp: timestamps,
  warnings: fc.array(names, { maxLength: 2 }),
});

const volumes = fc.record({
  claim: names,
  volume: maybe(names),
  driver: maybe(names),
  storageClass: maybe(names),
  result: fc.constantFrom("captured" as const, "failed" as const, "skipped" as const),
  reason: maybe(names),
  snapshot: maybe(snapshots),
  data: maybe(data),
});

const guards = fc.record({
  pod: names,
  container: names,
  state: fc.constantFrom("dismissed", "lost", "<i>"),
  reason: maybe(names),
});

const blocks: fc.Arbitrary<BlockRecord> = fc.record({
  pods: fc.array(fc.constantFrom("shop/db-0", "shop/db-1", "a/<b>"), { maxLength: 3 }),
  claims: fc.array(names, { maxLength: 2 }),
  failedPods: fc.array(names, { maxLength: 1 }),
  guards: fc.array(guards, { maxLength: 2 }),
  startTimestamp: timestamps,
  durationSeconds: seconds,
  quiescedSeconds: maybe(seconds),
  freezeTimestamp: maybe(timestamps),
  quiescedTimestamp: maybe(timestamps),
  thawTimestamp: maybe(timestamps),
  volumes: fc.array(volumes, { maxLength: 3 }),
});

const findings = fc.record({ message: names, groupResource: maybe(names), hint: maybe(names) });

/** Any record that can be read, from the sensible to the hostile. */
export const anyRecord: fc.Arbitrary<BackupRecord> = fc
  .record({
    apiVersion: fc.constant("kubectl-ark/v1"),
    kind: fc.constant("BackupRecord"),
    backup: names,
    tool: fc.record({ name: names, version: names }),
    cluster: fc.record({ context: names, server: names, user: names }),
    phase: fc.constantFrom("Completed", "PartiallyFailed", "Failed"),
    startTimestamp: timestamps,
    completionTimestamp: timestamps,
    items: fc.record({
      total: fc.nat(),
      byResource: fc.dictionary(names, fc.nat(), { maxKeys: 2 }),
      skipped: fc.dictionary(names, fc.nat(), { maxKeys: 2 }),
      uncompressedBytes: fc.nat(),
    }),
    errors: fc.array(findings, { maxLength: 2 }),
    warnings: fc.array(findings, { maxLength: 2 }),
    hooks: fc.array(hooks, { maxLength: 6 }),
    blocks: fc.array(blocks, { maxLength: 4 }),
    files: fc.dictionary(names, fc.record({ sha256: names, sizeBytes: fc.nat() }), { maxKeys: 2 }),
  })
  .map((record) => parseBackupRecord(JSON.stringify(record)));
