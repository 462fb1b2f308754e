import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseBackupDocument } from "../../../src/api/backup.ts";
import { backupJsonSchema } from "../../../src/api/backup-schema.ts";
import { type BackupSpec, normalizeBackupSpec } from "../../../src/api/backup-spec.ts";

function normalize(spec: object): BackupSpec {
  const text = JSON.stringify({ apiVersion: "velero.io/v1", kind: "Backup", spec });
  return normalizeBackupSpec(parseBackupDocument(text, "f.json").document.spec);
}

const hookOf = (hook: object) => normalize({ hooks: { resources: [hook] } }).hooks[0];

const exec = (name: string): object => ({ exec: { command: [name] } });
const commands = (hook: object) => hookOf(hook)?.pre.map(({ command }) => command.join());

describe("normalizeBackupSpec", () => {
  it("leaves no list absent and keeps open choices open", () => {
    const expected: BackupSpec = {
      includedNamespaces: [],
      excludedNamespaces: [],
      includedResources: [],
      excludedResources: [],
      includedClusterScopedResources: [],
      excludedClusterScopedResources: [],
      includedNamespaceScopedResources: [],
      excludedNamespaceScopedResources: [],
      labelSelector: null,
      orLabelSelectors: [],
      includeClusterResources: null,
      snapshotVolumes: null,
      csiSnapshotTimeoutMs: null,
      ttlMs: null,
      orderedResources: {},
      metadataLabels: {},
      hooks: [],
    };
    assert.deepEqual(normalize({}), expected);
    const nulls = Object.fromEntries(Object.keys(expected).map((key) => [key, null]));
    const { ttlMs: _, csiSnapshotTimeoutMs: ___, metadataLabels: __, ...fields } = nulls;
    assert.deepEqual(normalize({ ...fields, ttl: null, metadata: null, hooks: null }), expected);
  });

  it("keeps what is given", () => {
    const spec = normalize({
      includedNamespaces: ["a"],
      labelSelector: {},
      includeClusterResources: false,
      snapshotVolumes: true,
      csiSnapshotTimeout: "90s",
      ttl: "1h",
      orderedResources: { pods: "ns1/a, ns1/b,,", persistentvolumes: "pv-1" },
      metadata: { labels: { a: "b" } },
    });
    assert.deepEqual(spec.includedNamespaces, ["a"]);
    assert.deepEqual(spec.labelSelector, {});
    assert.equal(spec.includeClusterResources, false);
    assert.equal(spec.snapshotVolumes, true);
    assert.equal(spec.csiSnapshotTimeoutMs, 90_000);
    assert.equal(spec.ttlMs, 3_600_000);
    assert.deepEqual(spec.orderedResources, {
      pods: ["ns1/a", "ns1/b"],
      persistentvolumes: ["pv-1"],
    });
    assert.deepEqual(spec.metadataLabels, { a: "b" });
  });

  it("takes a ttl of zero as no expiry (as Ark 0.8.1)", () => {
    assert.equal(normalize({ ttl: "0" }).ttlMs, null);
    assert.equal(normalize({ ttl: "0s" }).ttlMs, null);
  });

  it("settles a hook's defaults: first container, Fail, 30s", () => {
    const defaults = { container: "", onError: "Fail", timeoutMs: 30_000, warnings: [] };
    assert.deepEqual(hookOf({ pre: [{ exec: { command: ["a"] } }] })?.pre, [
      { command: ["a"], ...defaults },
    ]);
    const zero = { command: ["a"], timeout: "0", onError: "", container: null };
    assert.deepEqual(hookOf({ post: [{ exec: zero }] })?.post, [{ command: ["a"], ...defaults }]);
  });

  it("takes an unknown onError as Fail, with a remark", () => {
    const [hook] = hookOf({ pre: [{ exec: { command: ["a"], onError: "CONTINUE" } }] })?.pre ?? [];
    assert.equal(hook?.onError, "Fail");
    assert.match(hook?.warnings.join() ?? "", /"CONTINUE" is neither Fail nor Continue/);
  });

  it("leaves {} entries out (as Ark 0.8.1)", () => {
    assert.deepEqual(hookOf({ pre: [{}, { exec: null }], post: [{}] })?.pre, []);
  });

  it("uses the deprecated hooks as pre only where pre is empty (Ark 0.8.1, semantics 7.5)", () => {
    assert.deepEqual(commands({ pre: [exec("p")], hooks: [exec("h")] }), ["p"]);
    assert.deepEqual(commands({ hooks: [exec("h")] }), ["h"]);
    assert.deepEqual(commands({ pre: [], hooks: [exec("h")] }), ["h"]);
    assert.deepEqual(commands({ pre: null, hooks: [exec("h"), exec("i")] }), ["h", "i"]);
  });
});

describe("backupJsonSchema", () => {
  it("describes the document for editors and allows no unknown field", () => {
    const schema = JSON.parse(JSON.stringify(backupJsonSchema()));
    assert.equal(schema.title, "Backup");
    assert.deepEqual(schema.properties.apiVersion.enum, ["ark.heptio.com/v1", "velero.io/v1"]);
    assert.deepEqual(schema.required, ["apiVersion", "kind"]);
    const spec = schema.properties.spec.anyOf[0];
    assert.equal(spec.additionalProperties, false);
    assert.ok("hooks" in spec.properties && "storageLocation" in spec.properties);
  });
});
