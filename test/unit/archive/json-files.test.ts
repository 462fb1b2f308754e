import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { gzipJson, resultsFile } from "../../../src/archive/json-files.ts";

test("a value is stored as gzipped JSON with a newline, the same bytes each time", () => {
  const value = { b: 1, a: ["\u2028", "é"] };
  assert.equal(gunzipSync(gzipJson(value)).toString(), `${JSON.stringify(value)}\n`);
  assert.deepEqual(gzipJson(value), gzipJson(value));
});

test("a backup without volumes has the volume info []", () => {
  assert.equal(gunzipSync(gzipJson([])).toString(), "[]\n");
});

test("results keep what was said, by the backup, the cluster and each namespace", () => {
  const errors = {
    velero: ["disk"],
    cluster: ["node"],
    namespaces: { web: ["a", "b"], db: ["c"] },
  };
  assert.deepEqual(resultsFile({ errors, warnings: {} }), { errors, warnings: {} });
});

test("parts without a message are left out", () => {
  const messages = { velero: [], cluster: undefined, namespaces: { web: [], db: ["late"] } };
  assert.deepEqual(resultsFile({ errors: {}, warnings: messages }), {
    errors: {},
    warnings: { namespaces: { db: ["late"] } },
  });
  assert.deepEqual(resultsFile({ errors: { namespaces: { web: [] } }, warnings: {} }), {
    errors: {},
    warnings: {},
  });
});
