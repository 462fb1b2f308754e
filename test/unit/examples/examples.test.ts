import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { loadAll } from "js-yaml";
import { parseBackupDocument } from "../../../src/api/backup.ts";
import { normalizeBackupSpec } from "../../../src/api/backup-spec.ts";
import type { RawObject } from "../../../src/cluster/cluster.ts";
import { rawObjectFromJson } from "../../../src/cluster/raw-object.ts";
import { describeHooks } from "../../../src/hooks/describe-hooks.ts";
import { readHookTarget } from "../../../src/hooks/hook-target.ts";
import { resourceType } from "../../support/fake-api-server/resource-types.ts";

const directory = resolve(import.meta.dirname, "../../../examples");
const backups = ["backup.yaml"];
const manifests = readdirSync(directory).filter((name) => !backups.includes(name));

function readExample(name: string): string {
  return readFileSync(join(directory, name), "utf8");
}

/** @throws when one of them has no apiVersion, kind or name */
function objectsOf(name: string): RawObject[] {
  return loadAll(readExample(name)).map((object) =>
    rawObjectFromJson(new TextEncoder().encode(JSON.stringify(object))),
  );
}

for (const name of [...manifests, ...backups]) {
  test(`${name} says at its top how to use it`, () => {
    assert.match(readExample(name), /^# .*\n(?:#.*\n)*# {3}kubectl ark /);
  });
}

for (const name of manifests) {
  test(`${name} is YAML of whole Kubernetes objects`, () => {
    assert.ok(objectsOf(name).length > 0);
  });
}

test("backup.yaml is a Backup document without remarks, with two pre hooks and a post hook in order -1", () => {
  const { document, warnings } = parseBackupDocument(readExample("backup.yaml"), "backup.yaml");
  assert.deepEqual(warnings, []);
  const spec = normalizeBackupSpec(document.spec);
  assert.deepEqual(spec.includedNamespaces, ["shop"]);
  assert.deepEqual(
    spec.hooks.map(({ pre, post, order }) => [pre.length, post.length, order]),
    [[2, 1, -1]],
  );
});

test("postgres.yaml's annotations are a pre and a post hook in a container that is there, without remarks", () => {
  const statefulSet = objectsOf("postgres.yaml").find(({ kind }) => kind === "StatefulSet");
  assert.ok(statefulSet);
  const resource = resourceType("apps/v1", "StatefulSet", "statefulsets");
  const hooks = describeHooks(readHookTarget(statefulSet, resource).view);
  assert.deepEqual(
    hooks.map(({ phase, hook, notes }) => [phase, hook?.container, hook?.command[1], notes]),
    [
      ["pre", "fsfreeze", "--freeze", []],
      ["post", "fsfreeze", "--unfreeze", []],
    ],
  );
});
