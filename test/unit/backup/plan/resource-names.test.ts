import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ApiResource } from "../../../../src/cluster/cluster.ts";
import { groupResourceOf } from "../../../../src/cluster/group-resource.ts";
import { createResourceNames, isEligible } from "../../../../src/backup/plan/resource-names.ts";
import { createIncludesExcludes } from "../../../../src/lib/includes-excludes.ts";
import { backupResources } from "../../../support/backup-builders.ts";
import { resourceType } from "../../../support/fake-api-server/resource-types.ts";

const names = createResourceNames({ resources: backupResources, failures: [] });

/** The mapper of Ark 0.8.1's tests. */
const arkResources = [
  resourceType("somegroup/v1", "Foodie", "foodies", { shortNames: ["foo"] }),
  resourceType("somegroup/v1", "Field", "fields", { shortNames: ["fie"] }),
  resourceType("anothergroup/v1", "Barnacle", "barnacles", { shortNames: ["bar"] }),
  resourceType("anothergroup/v1", "Bazaar", "bazaars", { shortNames: ["baz"] }),
];
const ark = createResourceNames({ resources: arkResources, failures: [] });

const kind = (...verbs: string[]): ApiResource => resourceType("v1", "Thing", "things", { verbs });

describe("resource lists (Ark 0.8.1, semantics 7.5)", () => {
  const rows: readonly [string[], string[]][] = [
    [[], []],
    [
      ["foo", "fie"],
      ["foodies.somegroup", "fields.somegroup"],
    ],
    [
      ["bar", "baz"],
      ["barnacles.anothergroup", "bazaars.anothergroup"],
    ],
    [["*"], ["*"]],
  ];
  for (const [written, resolved] of rows) {
    it(`[${written.join(", ")}] is [${resolved.join(", ")}]`, () => {
      const found = written.flatMap((name) => ark.resolve(name, "includedResources"));
      assert.deepEqual(found, resolved);
    });
  }

  it("a name that resolves to nothing is an error (Ark 0.8.1 dropped it, and then backed up everything)", () => {
    assert.throws(() => ark.resolve("bad1", "includedResources"), {
      code: "InvalidDocument",
      message:
        'includedResources: "bad1" matches nothing that can be backed up: the server has no such resource',
    });
  });

  it("a lone * among the excludes leaves nothing (Ark 0.8.1 dropped it)", () => {
    const filter = createIncludesExcludes([], ark.resolve("*", "excludedResources"));
    assert.equal(filter.shouldInclude("foodies.somegroup"), false);
  });
});

describe("names as people write them", () => {
  for (const [written, resolved] of [
    ["pods", "pods"],
    ["pod", "pods"],
    ["po", "pods"],
    ["PO", "pods"],
    ["Deployment", "deployments.apps"],
    ["deploy", "deployments.apps"],
    ["deployments.apps", "deployments.apps"],
    ["deploy.app", "deployments.apps"],
    ["widgets.example.com", "widgets.example.com"],
    ["widgets.example", "widgets.example.com"],
    ["pvc", "persistentvolumeclaims"],
    ["crd", "customresourcedefinitions.apiextensions.k8s.io"],
  ] as const) {
    it(`${written} is ${resolved}`, () => {
      assert.deepEqual(names.resolve(written, "includedResources"), [resolved]);
    });
  }

  for (const written of [
    "",
    ".",
    "podz",
    "pods.apps",
    "pods/exec",
    "../pods",
    "__proto__",
    "x".repeat(100_000),
  ]) {
    it(`"${written.slice(0, 20)}" is no resource`, () => {
      assert.equal(names.find(written), undefined);
      assert.throws(() => names.resolve(written, "f"), { code: "InvalidDocument" });
    });
  }

  it("a glob is every kind that it matches, and an error when it matches none", () => {
    assert.deepEqual(names.resolve("*.rbac.authorization.k8s.io", "f").toSorted(), [
      "clusterrolebindings.rbac.authorization.k8s.io",
      "clusterroles.rbac.authorization.k8s.io",
      "rolebindings.rbac.authorization.k8s.io",
      "roles.rbac.authorization.k8s.io",
    ]);
    assert.throws(() => names.resolve("*.example.org", "f"), { code: "InvalidDocument" });
    assert.throws(() => names.resolve("[", "f"), { code: "InvalidDocument" });
  });

  it("where several groups have the name the first of discovery is meant, as in kubectl", () => {
    const resources = [
      resourceType("one.example/v1", "Thing", "things"),
      resourceType("two.example/v1", "Thing", "things"),
    ];
    const found = createResourceNames({ resources, failures: [] });
    assert.deepEqual(found.resolve("things", "f"), ["things.one.example"]);
    assert.deepEqual(found.resolve("things.two", "f"), ["things.two.example"]);
  });

  it("names the groups that did not answer: the kind may belong to one of them", () => {
    const failures = [{ groupVersion: "metrics.k8s.io/v1", message: "dead" }];
    const found = createResourceNames({ resources: backupResources, failures });
    assert.throws(() => found.resolve("podmetrics", "f"), {
      hint: "These API groups did not answer, it may belong to one of them: metrics.k8s.io/v1.",
    });
  });

  it("tells a kind that cannot be backed up from one that is not there", () => {
    assert.throws(() => names.resolve("selfsubjectaccessreviews", "f"), {
      message: /it cannot be listed, read, created and deleted/,
    });
  });
});

describe("isEligible (as Velero: list, create, get and delete)", () => {
  for (const [verbs, expected] of [
    [["list", "create", "get", "delete"], true],
    [["list", "create", "get", "delete", "patch"], true],
    [["list", "create"], false],
    [["get", "list"], false],
    [[], false],
  ] as const) {
    it(`[${verbs.join(", ")}]: ${expected}`, () => {
      assert.equal(isEligible(kind(...verbs)), expected);
    });
  }

  it("leaves out reviews", () => {
    const left = backupResources.filter((resource) => !isEligible(resource)).map(groupResourceOf);
    assert.deepEqual(left, ["selfsubjectaccessreviews.authorization.k8s.io"]);
  });
});
