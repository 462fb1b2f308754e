import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BackupSpecFields } from "../../../../src/api/backup-schema.ts";
import { normalizeBackupSpec } from "../../../../src/api/backup-spec.ts";
import { resolveNamespaces } from "../../../../src/backup/plan/resolve-namespaces.ts";
import { ArkError } from "../../../../src/lib/errors.ts";
import { hookAnnotations, takeBackup } from "../../../support/backup-builders.ts";
import { namespace, pod } from "../../../support/builders.ts";
import { UntouchedStore } from "../../../support/failing-store.ts";
import { RecordingCluster } from "../../../support/recording-cluster.ts";

const signal = new AbortController().signal;
const forbidden = (what: string) => new ArkError("Forbidden", `cannot ${what}`);

function aCluster(...names: string[]): RecordingCluster {
  return new RecordingCluster({ objects: names.map((name) => namespace(name)) });
}

async function resolve(spec: BackupSpecFields, cluster = aCluster("ns-1", "ns-2", "shop")) {
  const normalized = normalizeBackupSpec(spec);
  const scope = await resolveNamespaces(
    normalized,
    cluster,
    cluster.resource("namespaces"),
    signal,
  );
  const included = ["ns-1", "ns-2", "shop"].filter((name) => scope.shouldInclude(name));
  return { everything: scope.everything, named: scope.named, included };
}

describe("resolveNamespaces", () => {
  const all = ["ns-1", "ns-2", "shop"];
  const rows: readonly [BackupSpecFields, Awaited<ReturnType<typeof resolve>>][] = [
    [{}, { everything: true, named: undefined, included: all }],
    [{ includedNamespaces: ["*"] }, { everything: true, named: undefined, included: all }],
    [
      { excludedNamespaces: ["shop"] },
      { everything: false, named: undefined, included: ["ns-1", "ns-2"] },
    ],
    [
      { includedNamespaces: ["*"], excludedNamespaces: ["shop"] },
      { everything: false, named: undefined, included: ["ns-1", "ns-2"] },
    ],
    [
      { includedNamespaces: ["shop", "ns-1", "shop"] },
      { everything: false, named: ["ns-1", "shop"], included: ["ns-1", "shop"] },
    ],
    [
      { includedNamespaces: ["ns-*"] },
      { everything: false, named: ["ns-1", "ns-2"], included: ["ns-1", "ns-2"] },
    ],
    [
      { includedNamespaces: ["ns-*"], excludedNamespaces: ["ns-2"] },
      { everything: false, named: ["ns-1"], included: ["ns-1"] },
    ],
    [
      { includedNamespaces: ["ns-[12]", "sh?p"], excludedNamespaces: ["*2"] },
      { everything: false, named: ["ns-1", "shop"], included: ["ns-1", "shop"] },
    ],
  ];
  for (const [spec, expected] of rows) {
    it(JSON.stringify(spec), async () => assert.deepEqual(await resolve(spec), expected));
  }

  it("reads nothing for all namespaces, and lists them once for several globs", async () => {
    const cluster = aCluster("ns-1", "ns-2", "shop");
    await resolve({}, cluster);
    assert.deepEqual(cluster.reads, []);
    await resolve({ includedNamespaces: ["ns-*", "s*"], excludedNamespaces: ["*2"] }, cluster);
    assert.deepEqual(cluster.reads, ["list namespaces"]);
  });

  const refused: readonly [BackupSpecFields, string][] = [
    [
      { includedNamespaces: ["shpo"] },
      'includedNamespaces: there is no namespace "shpo"; did you mean shop?',
    ],
    [{ includedNamespaces: [""] }, 'includedNamespaces: there is no namespace ""'],
    [
      { excludedNamespaces: ["ns-3"] },
      'excludedNamespaces: there is no namespace "ns-3"; did you mean ns-1 or ns-2?',
    ],
    [{ includedNamespaces: ["prod-*"] }, 'includedNamespaces: no namespace matches "prod-*"'],
    [{ excludedNamespaces: ["prod-*"] }, 'excludedNamespaces: no namespace matches "prod-*"'],
    [
      { includedNamespaces: ["ns-1"], excludedNamespaces: ["ns-*"] },
      "every included namespace is excluded again",
    ],
  ];
  for (const [spec, message] of refused) {
    it(`refuses ${JSON.stringify(spec)}`, async () => {
      await assert.rejects(resolve(spec), { code: "InvalidDocument", message });
    });
  }

  it("takes a name on trust when the user may not read namespaces", async () => {
    const cluster = aCluster("shop");
    cluster.fail({ verb: "get", resource: "namespaces", error: forbidden("get namespaces") });
    const { named } = await resolve({ includedNamespaces: ["shop", "nope"] }, cluster);
    assert.deepEqual(named, ["nope", "shop"]);
  });

  it("suggests nothing when the user may read but not list namespaces", async () => {
    const cluster = aCluster("shop");
    cluster.fail({ verb: "list", resource: "namespaces", error: forbidden("list namespaces") });
    await assert.rejects(resolve({ includedNamespaces: ["shpo"] }, cluster), {
      code: "InvalidDocument",
      message: 'includedNamespaces: there is no namespace "shpo"',
    });
    await assert.rejects(resolve({ includedNamespaces: ["sh*"] }, cluster), { code: "Forbidden" });
  });

  it("throws what is no answer at all", async () => {
    const cluster = aCluster("shop");
    cluster.fail({ verb: "get", error: new ArkError("ClusterUnreachable", "gone") });
    await assert.rejects(resolve({ includedNamespaces: ["shop"] }, cluster), {
      code: "ClusterUnreachable",
    });
  });
});

describe("a name that resolves to nothing ends the backup before any hook and before the store is touched", () => {
  const objects = [
    namespace("shop"),
    pod("shop/db", { annotations: hookAnnotations({ pre: "freeze" }) }),
  ];
  const specs: readonly BackupSpecFields[] = [
    { includedNamespaces: ["shpo"] },
    { excludedNamespaces: ["shpo"] },
    { includedResources: ["podz"] },
    { excludedResources: ["podz"] },
    { includedNamespaceScopedResources: ["podz"] },
    { orderedResources: { podz: "shop/db" } },
    { hooks: { resources: [{ name: "h", includedResources: ["podz"] }] } },
  ];
  for (const spec of specs) {
    it(JSON.stringify(spec), async () => {
      const cluster = new RecordingCluster({ objects });
      const store = new UntouchedStore();
      await assert.rejects(takeBackup({ cluster, store, spec }), {
        code: "InvalidDocument",
        message: /did you mean (shop|pods)/,
      });
      assert.deepEqual(cluster.execs, []);
      assert.deepEqual(cluster.readsOf("pods"), []);
    });
  }
});
