import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseBackupDocument } from "../../../src/api/backup.ts";
import { ArkError } from "../../../src/lib/errors.ts";

const HEAD = "apiVersion: ark.heptio.com/v1\nkind: Backup\n";

function problemsOf(text: string): string[] {
  try {
    parseBackupDocument(text, "f.yaml");
  } catch (error) {
    assert.ok(error instanceof ArkError);
    assert.equal(error.code, "InvalidDocument");
    const [first, ...rest] = error.message.split("\n");
    assert.equal(first, "f.yaml is not a valid Backup:");
    return rest.map((line) => line.trim());
  }
  return [];
}

const specProblems = (spec: unknown): string[] =>
  problemsOf(JSON.stringify({ apiVersion: "velero.io/v1", kind: "Backup", spec }));

describe("parseBackupDocument", () => {
  it("reads a document with the nulls that Ark 0.8.1 writes", () => {
    const text = `${HEAD}metadata:
  name: nightly
  namespace: heptio-ark
  creationTimestamp: null
  labels: {tier: db}
spec:
  includedNamespaces: ["*"]
  excludedNamespaces: null
  includedResources: null
  excludedResources: null
  labelSelector: null
  snapshotVolumes: null
  includeClusterResources: null
  ttl: 24h0m0s
  hooks: {resources: null}
status: {phase: ""}
`;
    const { document, warnings } = parseBackupDocument(text, "f.yaml");
    assert.deepEqual(warnings, []);
    assert.equal(document.metadata.name, "nightly");
    assert.deepEqual(document.spec.includedNamespaces, ["*"]);
    assert.equal(document.spec.ttl, "24h0m0s");
  });

  it("takes a document without metadata or spec as a backup of everything", () => {
    const { document } = parseBackupDocument(HEAD, "f.yaml");
    assert.deepEqual([document.metadata, document.spec], [{}, {}]);
  });

  it("accepts Velero's own fields, keeps them and says that they are ignored", () => {
    const spec = "spec: {storageLocation: s3, datamover: velero, itemOperationTimeout: null}";
    const { document, warnings } = parseBackupDocument(`${HEAD}${spec}`, "f.yaml");
    assert.equal(document.spec.storageLocation, "s3");
    assert.deepEqual(warnings, [
      "spec.datamover: ignored, it is a setting of Velero's server",
      "spec.storageLocation: ignored, it is a setting of Velero's server",
    ]);
  });

  it("warns about deprecated hooks and about an onError that is no word of Ark's", () => {
    const exec = { command: ["a"], onError: "continue" };
    const resources = [{ hooks: [{ exec }] }, { hooks: [{}], pre: [{ exec }], post: [{}] }];
    const text = JSON.stringify({
      apiVersion: "velero.io/v1",
      kind: "Backup",
      spec: { hooks: { resources } },
    });
    const onError = 'on-error "continue" is neither Fail nor Continue: it behaves as Fail';
    assert.deepEqual(parseBackupDocument(text, "f").warnings, [
      "spec.hooks.resources[0].hooks: deprecated, use pre",
      `spec.hooks.resources[0].hooks[0].exec.onError: ${onError}`,
      "spec.hooks.resources[1].hooks: ignored, because pre is given",
      `spec.hooks.resources[1].pre[0].exec.onError: ${onError}`,
    ]);
  });

  it("finds the one Backup among several documents and warns about the others", () => {
    const text = `kind: Namespace\n---\n${HEAD}---\nkind: ConfigMap\n`;
    assert.deepEqual(parseBackupDocument(text, "f.yaml").warnings, [
      "f.yaml: ignored a document that is not a Backup (Namespace)",
      "f.yaml: ignored a document that is not a Backup (ConfigMap)",
    ]);
  });

  it("refuses an empty text, several Backups, and what is no map of fields", () => {
    const refused: [string, RegExp][] = [
      ["", /^f\.yaml is empty$/],
      [`${HEAD}---\n${HEAD}`, /has 2 Backup documents/],
      ["a: 1\n---\nb: 2", /has no Backup document/],
      ["- a", /has no Backup document/],
      ["text", /has no Backup document/],
      ["5", /has no Backup document/],
    ];
    for (const [text, message] of refused) {
      assert.throws(() => parseBackupDocument(text, "f.yaml"), {
        code: "InvalidDocument",
        message,
      });
    }
  });

  it("tells every mistake at once, each with its path", () => {
    const text = JSON.stringify({
      apiVersion: "v1",
      kind: "Schedule",
      metadata: { name: "../up", lables: {} },
      spec: {
        includedNamespaces: "db",
        includedNamespace: ["db"],
        snapshotVolumes: "yes",
        ttl: 720,
        includedResources: ["*", "pods"],
      },
    });
    assert.deepEqual(problemsOf(text), [
      'apiVersion: expected ark.heptio.com/v1 or velero.io/v1, found "v1"',
      'kind: expected Backup, found "Schedule"',
      `metadata.name: "../up" cannot be a name: use lower-case letters, digits, '-' and '.', with a letter or digit at both ends`,
      'metadata: unknown field "lables"; did you mean labels?',
      'spec.includedNamespaces: expected a list, found the text "db": put it in [ ]',
      'spec.snapshotVolumes: expected true or false, found the text "yes"',
      "spec.ttl: 720 is not a duration; write it as 30s, 1m30s or 720h",
      'spec: unknown field "includedNamespace"; did you mean includedNamespaces or excludedNamespaces?',
      "spec.includedResources: Invalid included/excluded resource lists: includes list must either contain '*' only, or a non-empty list of items",
    ]);
  });

  it("gives the path of a mistake in a hook", () => {
    const bad = { command: ["a"], timeout: "5x" };
    const resources = [
      { pre: [{ exec: { command: ["a"], timeout: "5m" } }, { exec: bad }] },
      {
        post: [
          { exec: { command: [], timeout: "-5s", onerror: "Fail" } },
          { exec: {} },
          { run: 1 },
        ],
      },
      {
        labelSelector: { matchLabels: { a: 1 }, matchExpressions: [{ key: "a", operator: "Is" }] },
      },
      { labelSelector: { matchExpressions: [{ key: "a", operator: "In" }] }, order: "first" },
    ];
    assert.deepEqual(specProblems({ hooks: { resources } }), [
      'spec.hooks.resources[0].pre[1].exec.timeout: "5x" is not a duration; write it as 30s, 1m30s or 720h',
      "spec.hooks.resources[1].post[0].exec.command: command is required: give at least the program to run",
      'spec.hooks.resources[1].post[0].exec.timeout: "-5s" is negative; write it as 30s, 1m30s or 720h',
      'spec.hooks.resources[1].post[0].exec: unknown field "onerror"; did you mean onError?',
      "spec.hooks.resources[1].post[1].exec.command: is required",
      'spec.hooks.resources[1].post[2]: unknown field "run"',
      "spec.hooks.resources[2].labelSelector.matchLabels.a: expected text, found 1: put it in quotes",
      'spec.hooks.resources[2].labelSelector.matchExpressions[0].operator: "Is" is not an operator: use In, NotIn, Exists, DoesNotExist',
      "spec.hooks.resources[3].labelSelector.matchExpressions[0]: In needs at least one value",
      'spec.hooks.resources[3].order: expected a whole number, found the text "first"',
    ]);
  });

  it("refuses fields named like parts of every object", () => {
    assert.deepEqual(problemsOf(`${HEAD}__proto__: {kind: Backup}`), ['unknown field "__proto__"']);
    assert.deepEqual(specProblems(JSON.parse('{"__proto__": {"ttl": "1h"}}')), [
      'spec: unknown field "__proto__"',
    ]);
    assert.deepEqual(problemsOf(`${HEAD}spec: {constructor: 1}`), [
      'spec: unknown field "constructor"',
    ]);
  });

  it("stays short and quick when everything is wrong", () => {
    const list = Array.from({ length: 50_000 }, (_, index) => index);
    const problems = specProblems({ includedNamespaces: list, ttl: "x".repeat(1_000_000) });
    assert.equal(problems.length, 31);
    assert.match(problems.at(-1) ?? "", /^… and 49971 more$/);
    assert.ok(problems.every((problem) => problem.length < 200));
  });
});
