import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BackupEvent } from "../../../../src/backup/backup-events.ts";
import { dryRunBackup } from "../../../../src/backup/dry-run-backup.ts";
import { ArkError, hasCode } from "../../../../src/lib/errors.ts";
import {
  aCluster,
  aRequest,
  type BackupSetup,
  hookAnnotations,
  takeBackup,
} from "../../../support/backup-builders.ts";
import { claim, configMap, namespace, pod, secret, volume } from "../../../support/builders.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import type { MemoryCluster } from "../../../support/memory-cluster.ts";
import type { Verb } from "../../../support/memory-failures.ts";
import { MemoryJournal } from "../../../support/memory-journal.ts";
import { MemoryStore } from "../../../support/memory-store.ts";

const never = new AbortController().signal;
const annotations = hookAnnotations({ pre: "freeze", post: "thaw" });
const objects = [
  namespace("shop"),
  configMap("shop/settings"),
  secret("shop/password"),
  pod("shop/db", { annotations }),
  pod("shop/web"),
];

/** A cluster whose user may not do what is listed: "list secrets". */
function clusterWithout(
  forbidden: readonly string[],
  setup: BackupSetup = { objects },
): MemoryCluster {
  const cluster = aCluster(setup);
  for (const words of forbidden) {
    const [verb, resource = ""] = words.split(" ");
    const error = new ArkError("Forbidden", `cannot ${words}`);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the first word of the test's own rules
    cluster.fail({ verb: verb as Verb, resource, error });
  }
  return cluster;
}

function warnedBeforehand(events: readonly BackupEvent[]): string[] {
  return events.flatMap((event) =>
    event.kind === "warned-beforehand" ? event.finding.message : [],
  );
}

describe("a backup whose user lacks permissions", () => {
  it("is refused before a hook runs when pods with hooks must not be entered", async () => {
    for (const verb of ["get", "create"]) {
      const cluster = clusterWithout([`${verb} pods/exec`, "list secrets"]);
      const store = new MemoryStore();
      const taken = takeBackup({ cluster, store, spec: { includedNamespaces: ["shop"] } });
      await assert.rejects(taken, {
        code: "Forbidden",
        message: `permissions are missing for hooks, so nothing was run: in namespace shop: ${verb} pods/exec (also missing: in namespace shop: list secrets)`,
        hint: "`kubectl ark rbac` with the flags of this backup prints the role to ask for. To do without: --hooks=false.",
      });
      assert.deepEqual(cluster.execs, []);
      assert.deepEqual(await store.list(never), []);
    }
  });

  it("is taken without the right to exec when there is nothing to run", async () => {
    const cluster = clusterWithout(["create pods/exec"]);
    const spec = { includedNamespaces: ["shop"] };
    const { report, events } = await takeBackup({ cluster, spec, request: { hooks: false } });
    assert.equal(report.phase, "Completed");
    assert.deepEqual(warnedBeforehand(events), []);
    const plain = clusterWithout(["create pods/exec"], {
      objects: objects.filter((o) => o.metadata.name !== "db"),
    });
    assert.equal((await takeBackup({ cluster: plain, spec })).report.phase, "Completed");
  });

  it("is taken where an old server asks for no more than get on pods/exec", async () => {
    for (const [version, isTaken] of [
      ["v1.34.9", true],
      ["v1.35.0-rc.1+k3s1", false],
      ["v2.0.0", false],
      ["unknown", false],
    ] as const) {
      const cluster = clusterWithout(["create pods/exec"]);
      cluster.serverVersion = async () => version;
      const taken = takeBackup({ cluster, spec: { includedNamespaces: ["shop"] } });
      if (isTaken) assert.equal((await taken).report.phase, "Completed");
      else await assert.rejects(taken, (error) => hasCode(error, "Forbidden"));
    }
  });

  it("is told once beforehand what will be left out, which is an error in the report all the same", async () => {
    const cluster = clusterWithout(["list secrets", "list configmaps"]);
    const { report, events } = await takeBackup({
      cluster,
      spec: { includedNamespaces: ["shop"] },
    });
    assert.deepEqual(warnedBeforehand(events), [
      "permissions are missing, and what needs them is left out: in namespace shop: list configmaps, secrets",
    ]);
    assert.equal(report.phase, "PartiallyFailed");
    assert.deepEqual(
      report.errors.map(({ groupResource, code }) => `${code} ${groupResource}`),
      ["Forbidden configmaps", "Forbidden secrets"],
    );
    assert.deepEqual(report.warnings, []);
    const told = events.findIndex(({ kind }) => kind === "warned-beforehand");
    const ran = events.findIndex(({ kind }) => kind === "hooks-started");
    assert.ok(told >= 0 && told < ran);
  });

  it("is not told of what this backup does not come to: no claims, no volumes", async () => {
    const cluster = clusterWithout([
      "get persistentvolumes",
      "create volumesnapshots.snapshot.storage.k8s.io",
    ]);
    const spec = { includedNamespaces: ["shop"], snapshotVolumes: null };
    const { events, report } = await takeBackup({ cluster, spec });
    assert.deepEqual(warnedBeforehand(events), []);
    assert.equal(report.phase, "Completed");
  });

  it("is told of all at once where not even its pods can be seen", async () => {
    const cluster = clusterWithout(["list pods", "get pods", "create pods/exec"]);
    const spec = { includedNamespaces: ["shop"], includedResources: ["pods", "configmaps"] };
    const { report, events } = await takeBackup({ cluster, spec });
    assert.deepEqual(warnedBeforehand(events), [
      "permissions are missing, and what needs them is left out: in namespace shop: get pods; list pods; create pods/exec",
    ]);
    assert.equal(report.phase, "PartiallyFailed");
    assert.deepEqual(cluster.execs, []);
  });

  it("is taken as ever where the server answers no questions about permissions", async () => {
    const cluster = clusterWithout(["create pods/exec"]);
    cluster.reviewRules = async () => {
      throw new ArkError("NotFound", "the server could not find the requested resource");
    };
    const taken = await takeBackup({ cluster, spec: { includedNamespaces: ["shop"] } });
    assert.equal(taken.report.phase, "Completed");
    assert.ok(
      (await taken.log()).some((line) => line.includes("permissions could not be looked up")),
    );
  });
});

const snapshots = "volumesnapshots.snapshot.storage.k8s.io";
const withClaim = [
  ...objects,
  pod("shop/writer", { claims: ["data"] }),
  claim("shop/data", "pv-1", { metadata: { uid: "claim-uid" } }),
  volume("pv-1", "shop/data"),
  {
    apiVersion: "snapshot.storage.k8s.io/v1",
    kind: "VolumeSnapshotClass",
    metadata: { name: "csi" },
    driver: "csi.example",
    deletionPolicy: "Delete",
  },
];

async function refusalOf(
  forbidden: readonly string[],
  snapshotVolumes: boolean | null,
): Promise<string> {
  const cluster = clusterWithout(forbidden, { objects: withClaim });
  const spec = { includedNamespaces: ["shop"], snapshotVolumes };
  const ports = {
    cluster,
    journal: new MemoryJournal(),
    clock: new FakeClock(),
    observe: () => {},
  };
  const { errors, warnings } = await dryRunBackup(aRequest(spec), ports, never);
  return [
    ...errors.map((e) => `error ${e.message}`),
    ...warnings.map((w) => `warning ${w.message}`),
  ].join("\n");
}

describe("a backup with snapshots whose user lacks permissions", () => {
  it("is refused where they were asked for", async () => {
    const missing = [`create ${snapshots}`, "patch volumesnapshotcontents.snapshot.storage.k8s.io"];
    assert.equal(
      await refusalOf(missing, true),
      `error permissions are missing for snapshots, so nothing was run: in namespace shop: create ${snapshots}; at the cluster scope: patch volumesnapshotcontents.snapshot.storage.k8s.io`,
    );
  });

  it("is warned where they are taken when possible", async () => {
    assert.equal(
      await refusalOf([`create ${snapshots}`, `patch ${snapshots}`], null),
      `warning permissions are missing, and what needs them is left out: in namespace shop: create ${snapshots}; patch ${snapshots}`,
    );
  });

  it("is refused in any case when snapshots could be created, but neither kept nor removed", async () => {
    for (const verb of ["get", "patch", "delete"]) {
      const said = await refusalOf([`${verb} ${snapshots}`], null);
      assert.match(said, new RegExp(`^error .* in namespace shop: ${verb} ${snapshots}$`), verb);
    }
  });
});
