import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BackupSpecFields } from "../../../../src/api/backup-schema.ts";
import { ArkError } from "../../../../src/lib/errors.ts";
import { backupResources, gistOf, takeBackup } from "../../../support/backup-builders.ts";
import { namespace, object, serviceAccount } from "../../../support/builders.ts";
import { RecordingCluster } from "../../../support/recording-cluster.ts";

const rbac = "rbac.authorization.k8s.io";
const account = (name: string, ns?: string) => ({
  kind: "ServiceAccount",
  name,
  ...(ns !== undefined && { namespace: ns }),
});

function binding(path: string, role: string, subjects: unknown) {
  const kind = path.includes("/") ? "RoleBinding" : "ClusterRoleBinding";
  const [roleKind, name] = role.split(" ");
  return object(`${rbac}/v1`, kind, path, { subjects, roleRef: { kind: roleKind, name } });
}

const role = (path: string) =>
  object(`${rbac}/v1`, path.includes("/") ? "Role" : "ClusterRole", path);

const objects = [
  namespace("shop"),
  serviceAccount("shop/app"),
  serviceAccount("shop/other"),
  binding("shop/own", "Role reader", [account("app")]),
  binding("shop/own-named", "ClusterRole view", [account("x", "y"), account("app", "shop")]),
  binding("shop/others", "Role writer", [account("someone-else")]),
  binding("shop/null", "Role writer", null),
  binding("everywhere", "ClusterRole admin", [account("app", "shop")]),
  binding("elsewhere", "ClusterRole secret", [account("app", "other")]),
  binding("users", "ClusterRole secret", [{ kind: "User", name: "app", namespace: "shop" }]),
  ...["shop/reader", "shop/writer", "view", "admin", "secret"].map(role),
];

const onlyAccounts = { includedNamespaces: ["shop"], labelSelector: {} };
const bound = [
  `clusterrolebindings.${rbac} everywhere`,
  `clusterroles.${rbac} admin`,
  `clusterroles.${rbac} view`,
];

async function backup(spec: BackupSpecFields, forbidden: readonly string[] = []) {
  const cluster = new RecordingCluster({ objects, resources: backupResources });
  for (const resource of forbidden) {
    const error = new ArkError("Forbidden", `cannot list ${resource}`);
    cluster.fail({ verb: "list", resource: `${resource}.${rbac}`, error });
  }
  const taken = await takeBackup({ cluster, spec });
  return {
    rbac: (await taken.items()).filter((item) => item.includes(rbac)).toSorted(),
    cluster,
    errors: taken.report.errors.map(gistOf),
    warnings: taken.report.warnings.map(gistOf),
  };
}

describe("a service account brings what grants it rights", () => {
  it("of the cluster: the bindings that name it and their roles, no others", async () => {
    const { rbac: items, errors } = await backup(onlyAccounts);
    assert.deepEqual(
      items.filter((item) => item.startsWith("cluster")),
      bound,
    );
    assert.deepEqual(errors, []);
  });

  it("of its namespace, when those kinds are not listed anyway: by a selector", async () => {
    const labels = { app: "x" };
    const labelled = serviceAccount("shop/app", { metadata: { labels } });
    const cluster = new RecordingCluster({ objects, resources: backupResources });
    cluster.add(labelled);
    const taken = await takeBackup({ cluster, spec: { labelSelector: { matchLabels: labels } } });
    assert.deepEqual((await taken.items()).toSorted(), [
      ...bound,
      `rolebindings.${rbac} shop/own`,
      `rolebindings.${rbac} shop/own-named`,
      `roles.${rbac} shop/reader`,
      "serviceaccounts shop/app",
    ]);
  });

  it("reads each list of bindings once, however many accounts there are", async () => {
    const { cluster } = await backup(onlyAccounts);
    assert.deepEqual(cluster.readsOf(`clusterrolebindings.${rbac}`), [
      `list clusterrolebindings.${rbac}`,
      `get clusterrolebindings.${rbac} everywhere`,
    ]);
  });

  it("not what is filtered out", async () => {
    const excluded = await backup({
      ...onlyAccounts,
      excludedResources: ["*.rbac.authorization.k8s.io"],
    });
    assert.deepEqual(excluded.rbac, []);
    assert.deepEqual(
      excluded.cluster.reads.filter((read) => read.includes(rbac)),
      [],
    );
    const narrowed = await backup({ ...onlyAccounts, includeClusterResources: false });
    assert.ok(narrowed.rbac.every((item) => item.startsWith("role")));
  });

  it("bindings of the cluster that may not be listed are one warning in auto mode, an error with cluster resources", async () => {
    const forbidden = ["clusterrolebindings"];
    const auto = await backup(onlyAccounts, forbidden);
    assert.deepEqual(auto.errors, []);
    assert.deepEqual(auto.warnings, [
      `clusterrolebindings.${rbac}: cannot list clusterrolebindings`,
    ]);
    const asked = await backup({ ...onlyAccounts, includeClusterResources: true }, forbidden);
    assert.ok(
      asked.errors.includes(`clusterrolebindings.${rbac}: cannot list clusterrolebindings`),
    );
  });

  it("bindings of its namespace that may not be listed are one error, their own list's", async () => {
    const { errors } = await backup(onlyAccounts, ["rolebindings"]);
    assert.deepEqual(errors, [`rolebindings.${rbac}: cannot list rolebindings`]);
  });
});
