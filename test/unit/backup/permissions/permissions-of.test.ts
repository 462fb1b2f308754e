import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BackupSpecFields } from "../../../../src/api/backup-schema.ts";
import type { BackupRequest } from "../../../../src/backup/backup-request.ts";
import { possiblePlaces } from "../../../../src/backup/permissions/permission-places.ts";
import { deletionPermissions } from "../../../../src/backup/permissions/permissions-of-volumes.ts";
import { permissionsOf } from "../../../../src/backup/permissions/permissions-of.ts";
import type { Permission } from "../../../../src/backup/permissions/permission.ts";
import { planBackup } from "../../../../src/backup/plan/plan-backup.ts";
import { groupResourceOf } from "../../../../src/cluster/group-resource.ts";
import { aCluster, aRequest, backupResources } from "../../../support/backup-builders.ts";
import { namespace } from "../../../support/builders.ts";
import { resourceType } from "../../../support/fake-api-server/resource-types.ts";

const never = new AbortController().signal;
const objects = ["shop", "team-a", "team-b", "kube-system"].map((name) => namespace(name));
const podsOnly = ["pods", "persistentvolumeclaims"];

async function planOf(
  spec: BackupSpecFields,
  request: Partial<BackupRequest> = {},
  resources = backupResources,
) {
  const cluster = aCluster({ objects, resources });
  return planBackup(aRequest({ snapshotVolumes: null, ...spec }, request), cluster, never);
}

/** "shop: get pods", without a namespace where there is none; "get namespaces/shop" for a named object. */
function gist({ verb, namespace: place, name, ...kind }: Permission): string {
  const object = name === undefined ? "" : `/${name}`;
  return `${place === undefined ? "" : `${place}: `}${verb} ${groupResourceOf(kind)}${object}`;
}

async function gistsOf(
  spec: BackupSpecFields,
  request?: Partial<BackupRequest>,
): Promise<string[]> {
  const plan = await planOf(spec, request);
  return permissionsOf(plan, possiblePlaces(plan)).map(gist).toSorted();
}

async function decisiveOf(
  spec: BackupSpecFields,
  request?: Partial<BackupRequest>,
): Promise<string[]> {
  const plan = await planOf({ includedNamespaces: ["shop"], ...spec }, request);
  const found = permissionsOf(plan, possiblePlaces(plan)).filter((each) => each.isDecisive);
  return [...new Set(found.map(({ use }) => use))];
}

describe("the permissions of a backup", () => {
  it("of pods and claims in a namespace are these", async () => {
    const found = await gistsOf({ includedNamespaces: ["shop"], includedResources: podsOnly });
    const snapshots = "volumesnapshots.snapshot.storage.k8s.io";
    assert.deepEqual(found, [
      "get persistentvolumes",
      "get volumesnapshotclasses.snapshot.storage.k8s.io",
      "get volumesnapshotcontents.snapshot.storage.k8s.io",
      "list volumesnapshotclasses.snapshot.storage.k8s.io",
      "patch volumesnapshotcontents.snapshot.storage.k8s.io",
      "shop: create pods/exec",
      `shop: create ${snapshots}`,
      `shop: delete ${snapshots}`,
      "shop: get namespaces",
      "shop: get persistentvolumeclaims",
      "shop: get pods",
      "shop: get pods/exec",
      `shop: get ${snapshots}`,
      "shop: list persistentvolumeclaims",
      "shop: list pods",
      `shop: list ${snapshots}`,
      `shop: patch ${snapshots}`,
    ]);
  });

  it("leave out exec without hooks, and all of snapshots without these", async () => {
    const spec = {
      includedNamespaces: ["shop"],
      includedResources: podsOnly,
      snapshotVolumes: false,
    };
    assert.deepEqual(await gistsOf({ ...spec, includeClusterResources: false }, { hooks: false }), [
      "shop: get namespaces",
      "shop: get persistentvolumeclaims",
      "shop: get pods",
      "shop: list persistentvolumeclaims",
      "shop: list pods",
    ]);
  });

  it("of kinds without pods and claims are their lists", async () => {
    const spec = { includedNamespaces: ["shop"], includedResources: ["configmaps", "deployments"] };
    assert.deepEqual(await gistsOf(spec), [
      "shop: get namespaces",
      "shop: list configmaps",
      "shop: list deployments.apps",
    ]);
  });

  it("are asked for in each namespace that is named, and once for all where none is", async () => {
    const includedResources = ["secrets"];
    const named = await gistsOf({ includedNamespaces: ["team-a", "shop"], includedResources });
    assert.deepEqual(
      named.filter((each) => each.includes("secrets")),
      ["shop: list secrets", "team-a: list secrets"],
    );
    assert.deepEqual(await gistsOf({ includedResources }), ["list secrets"]);
  });

  it("look up excluded namespaces by name, and list namespaces for a pattern", async () => {
    const includedResources = ["secrets"];
    const excluded = await gistsOf({ excludedNamespaces: ["kube-system"], includedResources });
    assert.deepEqual(excluded, ["kube-system: get namespaces/kube-system", "list secrets"]);
    const globbed = await gistsOf({ includedNamespaces: ["team-*"], includedResources });
    assert.ok(globbed.includes("list namespaces"), globbed.join(", "));
  });

  it("of everything are lists of all kinds, and of what is fetched beside them", async () => {
    const found = await gistsOf({});
    const lists = found.filter((each) => each.startsWith("list ")).length;
    const listable = backupResources.filter(({ resource, version, verbs }) => {
      return (
        verbs.includes("list") && !(resource === "horizontalpodautoscalers" && version === "v1")
      );
    });
    assert.equal(lists, listable.length);
    // Bindings, roles and definitions come by their own lists.
    assert.deepEqual(
      found.filter((each) => each.includes("clusterrole") || each.includes("definition")),
      [
        "list clusterrolebindings.rbac.authorization.k8s.io",
        "list clusterroles.rbac.authorization.k8s.io",
        "list customresourcedefinitions.apiextensions.k8s.io",
      ],
    );
  });

  it("fetch by name what service accounts and custom resources bring, where no list has all of it", async () => {
    const spec = {
      includedNamespaces: ["shop"],
      includedResources: ["serviceaccounts", "widgets"],
    };
    const found = await gistsOf({ ...spec, includeClusterResources: null });
    assert.ok(found.includes("get customresourcedefinitions.apiextensions.k8s.io"));
    // Kinds that the filter leaves out do not come along.
    assert.ok(!found.some((each) => each.includes("rolebindings")));
    const rbac = "rbac.authorization.k8s.io";
    const selected = await gistsOf({
      includedNamespaces: ["shop"],
      labelSelector: { matchLabels: { app: "db" } },
    });
    for (const each of [
      `shop: list rolebindings.${rbac}`,
      `shop: get rolebindings.${rbac}`,
      `shop: get roles.${rbac}`,
      `list clusterrolebindings.${rbac}`,
      `get clusterrolebindings.${rbac}`,
      `get clusterroles.${rbac}`,
    ]) {
      assert.ok(selected.includes(each), each);
    }
    const none = await gistsOf({ includedNamespaces: ["shop"], includeClusterResources: false });
    assert.ok(!none.some((each) => /cluster(role|rolebinding)s|customresource/.test(each)));
  });

  it("get what orderedResources names", async () => {
    const spec = { includedResources: ["configmaps"], orderedResources: { configmaps: "shop/a" } };
    assert.deepEqual(await gistsOf(spec), ["get configmaps", "list configmaps"]);
  });

  it("with volume data make and remove pods and claims", async () => {
    const spec = { includedNamespaces: ["shop"], includedResources: ["pvc"] };
    const found = await gistsOf(spec, { volumeData: true, hooks: false });
    for (const kind of ["pods", "persistentvolumeclaims"]) {
      for (const verb of ["get", "list", "create", "delete"]) {
        assert.ok(found.includes(`shop: ${verb} ${kind}`), `${verb} ${kind}`);
      }
    }
    assert.ok(found.includes("shop: create pods/exec"));
    const tar = await gistsOf(
      { ...spec, includedResources: podsOnly, snapshotVolumes: false },
      { volumeData: true, hooks: false },
    );
    assert.ok(tar.includes("shop: get pods/exec"));
    assert.ok(!tar.some((each) => each.includes("create pods") && !each.includes("exec")));
    assert.ok(!tar.some((each) => each.includes("volumesnapshots")));
  });

  it("are decisive for hooks and what was asked for by name, and not for lists", async () => {
    assert.deepEqual(await decisiveOf({}), ["hooks"]);
    assert.deepEqual(await decisiveOf({ snapshotVolumes: true }), ["hooks", "snapshots"]);
    assert.deepEqual(await decisiveOf({}, { hooks: false }), []);
    assert.deepEqual(await decisiveOf({}, { hooks: false, volumeData: true }), ["volume data"]);
  });

  it("with the API for group snapshots include what these take, and never refuse a backup for it", async () => {
    const group = "groupsnapshot.storage.k8s.io/v1";
    const kinds = [
      resourceType(group, "VolumeGroupSnapshot", "volumegroupsnapshots"),
      ...["Content", "Class"].map((kind) =>
        resourceType(
          group,
          `VolumeGroupSnapshot${kind}`,
          `volumegroupsnapshot${kind.toLowerCase()}${kind === "Class" ? "es" : "s"}`,
          { namespaced: false },
        ),
      ),
    ];
    const spec = { includedNamespaces: ["shop"], includedResources: podsOnly };
    const plan = await planOf(spec, {}, [...backupResources, ...kinds]);
    const found = permissionsOf(plan, possiblePlaces(plan)).filter(
      (each) => each.group === "groupsnapshot.storage.k8s.io",
    );
    assert.deepEqual(found.map(gist).toSorted(), [
      "delete volumegroupsnapshotcontents.groupsnapshot.storage.k8s.io",
      "get volumegroupsnapshotcontents.groupsnapshot.storage.k8s.io",
      "list volumegroupsnapshotclasses.groupsnapshot.storage.k8s.io",
      "patch volumegroupsnapshotcontents.groupsnapshot.storage.k8s.io",
      "shop: create volumegroupsnapshots.groupsnapshot.storage.k8s.io",
      "shop: delete volumegroupsnapshots.groupsnapshot.storage.k8s.io",
      "shop: get volumegroupsnapshots.groupsnapshot.storage.k8s.io",
    ]);
    assert.ok(found.every(({ isDecisive }) => !isDecisive));
  });

  it("without the snapshot API have nothing of it", async () => {
    const resources = backupResources.filter(({ group }) => group !== "snapshot.storage.k8s.io");
    const request = aRequest({ snapshotVolumes: null, includedNamespaces: ["shop"] });
    const plan = await planBackup(request, aCluster({ objects, resources }), never);
    const found = [...permissionsOf(plan, possiblePlaces(plan)), ...deletionPermissions(plan)];
    assert.ok(!found.some(({ group }) => group === "snapshot.storage.k8s.io"));
  });
});
