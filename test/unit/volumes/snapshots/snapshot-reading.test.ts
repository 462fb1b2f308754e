import assert from "node:assert/strict";
import { test } from "node:test";
import { assert as check, jsonValue, property } from "fast-check";
import { rawObjectFromJson } from "../../../../src/cluster/raw-object.ts";
import { readContentState } from "../../../../src/volumes/snapshots/content-state.ts";
import { isOurs, labelValue, ownedMetadata } from "../../../../src/volumes/owned-labels.ts";
import { quantityBytes } from "../../../../src/volumes/quantity-bytes.ts";
import {
  isPassingError,
  readSnapshotState,
} from "../../../../src/volumes/snapshots/snapshot-state.ts";
import { aMark } from "../../../support/snapshot-builders.ts";

const api = "snapshot.storage.k8s.io/v1";

function read(body: string): ReturnType<typeof rawObjectFromJson> {
  return rawObjectFromJson(Buffer.from(body));
}

test("whatever a driver writes into a status is read without a crash, and never taken for a cut unless it says when", () => {
  check(
    property(jsonValue(), jsonValue(), (status, spec) => {
      const raw = read(
        JSON.stringify({
          apiVersion: api,
          kind: "VolumeSnapshot",
          metadata: { name: "s" },
          spec,
          status,
        }),
      );
      const { creationTime, error, restoreSizeBytes = 0 } = readSnapshotState(raw);
      assert.ok(creationTime === undefined || !Number.isNaN(Date.parse(creationTime)));
      assert.ok(error === undefined || typeof error === "string");
      assert.ok(Number.isSafeInteger(restoreSizeBytes) && restoreSizeBytes >= 0);
      readContentState(raw);
    }),
  );
});

function timeOf(value: string): string | undefined {
  const status = `{"creationTime":${value}}`;
  const head = `"apiVersion":"${api}","kind":"VolumeSnapshotContent","metadata":{"name":"c"}`;
  return readContentState(read(`{${head},"status":${status}}`)).creationTime;
}

test("a content's time in nanoseconds is read to the millisecond, and nonsense is not", () => {
  assert.equal(timeOf("1795510119115347039"), "2026-11-24T08:48:39.115Z");
  for (const nonsense of ["0", "-1", "1e30", '"1795510119115347039"', "null", "{}"]) {
    assert.equal(timeOf(nonsense), undefined, nonsense);
  }
});

test("quantities are bytes, as Kubernetes reads them", () => {
  const cases: [string, number | undefined][] = [
    ["0", 0],
    ["33554432", 33554432],
    ["32Mi", 33554432],
    ["1.5Gi", 1610612736],
    ["1k", 1000],
    ["2E", undefined],
    ["1Pi", 2 ** 50],
    ["1e9", 1e9],
    ["1E3", 1000],
    [".5Ki", 512],
    ["0.1", 1],
  ];
  for (const [text, bytes] of cases) assert.equal(quantityBytes(text), bytes, text);
  for (const text of ["", "Mi", "-1", "1 Gi", "1gi", "1K", "NaN", "1e999", "9".repeat(31), "1m"]) {
    assert.equal(quantityBytes(text), undefined, text);
  }
});

test("a driver's error is passing only when controller or driver go on by themselves", () => {
  assert.ok(isPassingError("rpc error: code = DeadlineExceeded desc = late"));
  assert.ok(!isPassingError("rpc error: code = ResourceExhausted desc = full"));
  assert.ok(!isPassingError("the barcode = Aborted"));
  assert.ok(!isPassingError(""));
});

test("a backup's name as a label is whole up to 63 characters, then cut with a hash, as Velero's", () => {
  assert.equal(labelValue("a".repeat(63)), "a".repeat(63));
  const cut = labelValue("a".repeat(64));
  assert.equal(cut.length, 63);
  assert.match(cut, /^a{57}[0-9a-f]{6}$/);
  assert.notEqual(cut, labelValue(`${"a".repeat(63)}b`));
});

test("ours is what carries our label and is no restore's copy, of a backup by its whole name", () => {
  const metadata = ownedMetadata(aMark);
  assert.ok(isOurs({ metadata }));
  assert.ok(isOurs({ metadata }, "nightly"));
  assert.ok(!isOurs({ metadata }, "weekly"));
  assert.ok(!isOurs({ metadata: {} }));
  const labels = { ...metadata.labels, "velero.io/restore-name": "r" };
  assert.ok(!isOurs({ metadata: { ...metadata, labels } }));
});
