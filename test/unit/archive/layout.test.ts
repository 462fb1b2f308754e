import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { hasCode } from "../../../src/lib/errors.ts";
import {
  backupFiles,
  isUnsafePath,
  objectPath,
  parseObjectPath,
  preferredVersionPath,
} from "../../../src/archive/layout.ts";
import { anyText, objectKeys } from "../../support/archive-arbitraries.ts";

test("an object's path is Ark's: resource with group, then namespace or cluster, then name", () => {
  assert.equal(
    objectPath({ groupResource: "deployments.apps", namespace: "web", name: "front" }),
    "resources/deployments.apps/namespaces/web/front.json",
  );
  assert.equal(
    objectPath({ groupResource: "namespaces", name: "web" }),
    "resources/namespaces/cluster/web.json",
  );
});

test("the second copy stands under the version that the server prefers", () => {
  assert.equal(
    preferredVersionPath({ groupResource: "pods", namespace: "web", name: "a", version: "v1" }),
    "resources/pods/v1-preferredversion/namespaces/web/a.json",
  );
  assert.throws(
    () => preferredVersionPath({ groupResource: "pods", name: "a", version: "../v1" }),
    {
      code: "RequestRejected",
    },
  );
});

test("names of RBAC objects go in as they are", () => {
  const key = { groupResource: "clusterroles.rbac.authorization.k8s.io", name: "system:node%2F" };
  assert.equal(
    objectPath(key),
    "resources/clusterroles.rbac.authorization.k8s.io/cluster/system:node%2F.json",
  );
  assert.deepEqual(parseObjectPath(objectPath(key)), key);
});

for (const name of [
  "",
  ".",
  "..",
  "a/b",
  "a\\b",
  "a\0",
  "\ud800",
  "x".repeat(251),
  "é".repeat(126),
]) {
  test(`an object named ${JSON.stringify(name.slice(0, 9))} is refused, and the refusal names it`, () => {
    assert.throws(() => objectPath({ groupResource: "pods", name }), {
      code: "RequestRejected",
      message: /^pods .* cannot be stored: /,
    });
  });
}

test("a name may fill its file name to the last byte", () => {
  for (const name of ["x".repeat(250), "é".repeat(125)]) {
    const key = { groupResource: "pods", namespace: "n".repeat(63), name };
    assert.deepEqual(parseObjectPath(objectPath(key)), key);
  }
});

test("a resource or namespace that could not be a directory is refused", () => {
  const bad = ["", ".", "..", "a/b", "A", "-a", "a\0", "x".repeat(256)];
  for (const text of bad) {
    assert.throws(() => objectPath({ groupResource: text, name: "a" }), {
      code: "RequestRejected",
    });
    assert.throws(() => objectPath({ groupResource: "pods", namespace: text, name: "a" }), {
      code: "RequestRejected",
    });
  }
});

test("parseObjectPath gives back what objectPath was given", () => {
  fc.assert(
    fc.property(objectKeys, (key) => {
      assert.deepEqual(parseObjectPath(objectPath(key)), { ...key });
    }),
  );
});

test("parseObjectPath takes nothing that objectPath would not give", () => {
  const parts = fc.constantFrom(
    ..."resources pods cluster namespaces a . .. / // \\ \0 .json v1-preferredversion ./ é".split(
      " ",
    ),
  );
  const paths = fc.array(parts, { maxLength: 9 }).map((all) => all.join(""));
  const slashed = fc.array(parts, { maxLength: 6 }).map((all) => `resources/${all.join("/")}.json`);
  fc.assert(
    fc.property(fc.oneof(paths, slashed, fc.string()), (path) => {
      const key = parseObjectPath(path);
      if (key !== undefined) {
        assert.equal(objectPath(key), path);
        assert.equal(isUnsafePath(path), false);
      }
    }),
    { numRuns: 2000 },
  );
});

const STRANGE = [
  "resources/pods/cluster/../a.json",
  "/resources/pods/cluster/a.json",
  "./resources/pods/cluster/a.json",
  "resources/pods//cluster/a.json",
  "resources/pods/cluster/.json",
  "resources/pods/cluster/a",
  "resources/pods/namespaces/a.json",
  "resources/pods/v1-preferredversion/cluster/a.json",
  "resources/pods/cluster/a\\b.json",
  `resources/pods/cluster/${"a".repeat(5000)}.json`,
];
for (const path of STRANGE) {
  test(`${JSON.stringify(path.slice(0, 60))} is no object's path`, () => {
    assert.equal(parseObjectPath(path), undefined);
  });
}

test("unsafe are paths that lead out or that could be read in two ways", () => {
  const unsafe = [
    "",
    "/",
    "/a",
    "..",
    "../a",
    "a/../b",
    "a/..",
    "./a",
    "a/.",
    "a//b",
    "a\\b",
    "a\0",
    "a//",
  ];
  for (const path of [...unsafe, "é".repeat(2049)]) assert.ok(isUnsafePath(path), path);
  for (const path of ["a", "a/", "a/b", "a/..b", "...", "metadata/version"]) {
    assert.equal(isUnsafePath(path), false, path);
  }
});

test("a refused name is never an error of another kind", () => {
  fc.assert(
    fc.property(anyText(40), fc.string(), (name, groupResource) => {
      try {
        objectPath({ groupResource, name });
      } catch (error) {
        assert.ok(hasCode(error, "RequestRejected"));
      }
    }),
  );
});

test("a backup's files are named as Velero names them", () => {
  assert.deepEqual(backupFiles("nightly"), {
    metadata: "velero-backup.json",
    contents: "nightly.tar.gz",
    log: "nightly-logs.gz",
    results: "nightly-results.gz",
    resourceList: "nightly-resource-list.json.gz",
    volumeInfo: "nightly-volumeinfo.json.gz",
    record: "kubectl-ark.json",
  });
});
