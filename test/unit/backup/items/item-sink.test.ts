import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Finding } from "../../../../src/backup/backup-report.ts";
import { createItemSink, skipReason } from "../../../../src/backup/items/item-sink.ts";
import type { KubernetesObject, RawObject } from "../../../../src/cluster/cluster.ts";
import { rawObjectFromJson } from "../../../../src/cluster/raw-object.ts";
import { takeBackup } from "../../../support/backup-builders.ts";
import {
  configMap,
  deployment,
  namespace,
  object,
  pod,
  volume,
} from "../../../support/builders.ts";
import { resourceType } from "../../../support/fake-api-server/resource-types.ts";

const foo = resourceType("group/v2", "Foo", "resource");
const clustered = resourceType("group/v2", "Foo", "resource", { namespaced: false });
const raw = (value: KubernetesObject): RawObject =>
  rawObjectFromJson(Buffer.from(JSON.stringify(value)));
const item = (path: string): RawObject => raw(object("group/v2", "Foo", path));

function aSink(apiVersions = false) {
  const [paths, listed, skips]: [string[], string[], string[]] = [[], [], []];
  const errors: Finding[] = [];
  const sink = createItemSink({
    archive: { add: (path) => void paths.push(path), drained: async () => {} },
    resourceList: { add: ({ kind, name }) => void listed.push(`${kind} ${name}`) },
    report: { skip: (reason) => void skips.push(reason), error: (e) => void errors.push(e) },
    apiVersions,
  });
  return { sink, paths, listed, skips, errors };
}

const label = (value: string) => ({
  metadata: { labels: { "velero.io/exclude-from-backup": value } },
});

describe("items that are stored (Ark 0.8.1's NoSkips, semantics 7.4)", () => {
  for (const [resource, path, expected] of [
    [foo, "foo/bar", "resources/resource.group/namespaces/foo/bar.json"],
    [clustered, "bar", "resources/resource.group/cluster/bar.json"],
  ] as const) {
    it(`${path} is ${expected}`, () => {
      const { sink, paths, listed } = aSink();
      assert.equal(sink.store(resource, item(path)), "stored");
      assert.deepEqual([paths, listed], [[expected], ["Foo bar"]]);
      assert.deepEqual([sink.total(), [...sink.counts]], [1, [["resource.group", 1]]]);
    });

    it(`${path} is also stored under its version when that is asked for`, () => {
      const { sink, paths } = aSink(true);
      sink.store(resource, item(path));
      const copy = expected.replace("resource.group/", "resource.group/v2-preferredversion/");
      assert.deepEqual(paths, [expected, copy]);
      assert.equal(sink.total(), 1);
    });
  }

  it("the archive holds each once, with status (Ark 0.8.1 cut that), numbers and spaces as they came", async () => {
    const status = { phase: "Running", big: 12 };
    const taken = await takeBackup({
      objects: [namespace("foo"), deployment("foo/bar", { status }), volume("pv")],
      request: { apiVersions: true },
    });
    const entries = await taken.entries();
    const path = "resources/deployments.apps/namespaces/foo/bar.json";
    assert.deepEqual(entries.get(path)?.["status"], status);
    assert.deepEqual(taken.report.itemCounts, {
      "deployments.apps": 1,
      namespaces: 1,
      persistentvolumes: 1,
    });
    assert.equal(taken.report.itemCount, 3);
  });
});

describe("items that are not stored (7.4)", () => {
  it("one that was stored already", () => {
    const { sink, paths } = aSink();
    sink.store(foo, item("foo/bar"));
    assert.equal(sink.store(foo, item("foo/bar")), "seen");
    assert.equal(sink.has(foo, "foo", "bar"), true);
    assert.equal(paths.length, 1);
  });

  it("one that was left out on purpose", () => {
    const { sink, paths } = aSink();
    sink.leaveOut(foo, "foo", "bar");
    assert.equal(sink.store(foo, item("foo/bar")), "seen");
    assert.deepEqual([paths, sink.total()], [[], 0]);
  });

  it("the same name in another kind, namespace or scope is another item", () => {
    const { sink, paths } = aSink();
    const other = resourceType("group/v2", "Foo", "others");
    for (const [resource, path] of [
      [foo, "a/bar"],
      [foo, "b/bar"],
      [other, "a/bar"],
      [clustered, "bar"],
    ] as const) {
      assert.equal(sink.store(resource, item(path)), "stored");
    }
    assert.equal(new Set(paths).size, 4);
  });

  for (const name of ["..", "a/b", "a\\b", "x".repeat(300), "nul\0"]) {
    it(`one whose name no file can have (${JSON.stringify(name.slice(0, 10))}) is an error, the others go on`, () => {
      const { sink, paths, errors } = aSink();
      const hostile = raw({
        apiVersion: "group/v2",
        kind: "Foo",
        metadata: { namespace: "foo", name },
      });
      assert.equal(sink.store(foo, hostile), "skipped");
      assert.equal(sink.store(foo, item("foo/bar")), "stored");
      assert.equal(paths.length, 1);
      assert.deepEqual(
        errors.map(({ groupResource, namespace: ns, code }) => [groupResource, ns, code]),
        [["resource.group", "foo", "RequestRejected"]],
      );
    });
  }

  it("any other failure of the archive is thrown", () => {
    const { sink } = aSink();
    const broken = createItemSink({
      archive: {
        add: () => {
          throw new Error("ended");
        },
        drained: async () => {},
      },
      resourceList: { add: () => {} },
      report: { skip: () => {}, error: () => {} },
      apiVersions: false,
    });
    assert.throws(() => broken.store(foo, item("foo/bar")), { message: "ended" });
    assert.equal(sink.total(), 0);
  });
});

describe("skipReason", () => {
  const deletionTimestamp = "2026-01-02T03:04:05Z";
  for (const [what, value, expected] of [
    [
      "an object that is being deleted",
      pod("s/p", {}, { metadata: { deletionTimestamp } }),
      "terminating",
    ],
    ["one that wants no backup", configMap("s/c", label("true")), "labelled-exclude-from-backup"],
    ["one that says false to that", configMap("s/c", label("false")), undefined],
    ["the CA bundle of each namespace", configMap("s/kube-root-ca.crt"), "written-by-kubernetes"],
    ["another kind of its name", object("v1", "Secret", "s/kube-root-ca.crt"), undefined],
    ["any other object", configMap("s/c"), undefined],
  ] as const) {
    it(`${what}: ${expected ?? "no reason"}`, () => assert.equal(skipReason(raw(value)), expected));
  }

  it("counts what was skipped in the report and in the record", async () => {
    const taken = await takeBackup({
      objects: [
        configMap("s/kube-root-ca.crt"),
        configMap("s/c", label("true")),
        pod("s/p", { claims: ["data"] }, { metadata: { deletionTimestamp } }),
        configMap("s/gone", { metadata: { deletionTimestamp } }),
      ],
    });
    const skipped = {
      terminating: 2,
      "labelled-exclude-from-backup": 1,
      "made-by-a-backup": 0,
      "written-by-kubernetes": 1,
    };
    assert.deepEqual(taken.report.skipped, skipped);
    assert.deepEqual((await taken.record()).items.skipped, skipped);
    assert.deepEqual(await taken.items(), []);
    assert.equal(taken.report.phase, "Failed");
    assert.match(
      taken.report.errors[0]?.message ?? "",
      /holds no object: all that match .* skipped \(2 terminating, 1 labelled-/,
    );
  });
});
