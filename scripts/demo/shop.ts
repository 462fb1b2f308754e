import {
  type FakeObject,
  type FakeMetadata,
} from "../../test/support/fake-api-server/object-store.ts";
import {
  defaultResources,
  type FakeResource,
  resourceType,
} from "../../test/support/fake-api-server/resource-types.ts";
import { boundClaim, volumeClasses } from "./volumes.ts";

/** What the simulated cluster serves: the usual kinds, roles, and a kind of the shop's own. */
export const shopResources: readonly FakeResource[] = [
  ...defaultResources,
  resourceType("rbac.authorization.k8s.io/v1", "Role", "roles"),
  resourceType("rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings"),
  resourceType("shop.example.com/v1", "Order", "orders", { custom: true }),
];

/** A small shop: a database, a cache, a web server with an fsfreeze sidecar, their volumes, and what they need. */
export const shopObjects: readonly FakeObject[] = [
  at("v1", "ServiceAccount", "shop"),
  at("rbac.authorization.k8s.io/v1", "Role", "read-orders", {
    rules: [{ apiGroups: ["shop.example.com"], resources: ["orders"], verbs: ["get", "list"] }],
  }),
  at("rbac.authorization.k8s.io/v1", "RoleBinding", "shop-reads-orders", {
    subjects: [{ kind: "ServiceAccount", name: "shop", namespace: "shop" }],
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "read-orders" },
  }),
  at("v1", "ConfigMap", "web-settings", { data: { currency: "EUR", theme: "plain" } }),
  at("v1", "ConfigMap", "kube-root-ca.crt", { data: { "ca.crt": "(of the cluster)" } }),
  at("v1", "Secret", "db-password", { type: "Opaque", data: { password: "b3BlbiBzZXNhbWU=" } }),
  ...["db", "cache", "web"].map((app) =>
    at("v1", "Service", app, { spec: { selector: { app }, ports: [{ port: 80 }] } }),
  ),
  statefulSet("db"),
  pod("db-0", {
    containers: ["postgres"],
    claim: "data-db-0",
    owner: { kind: "StatefulSet", name: "db" },
    annotations: hook("pre", ["psql", "-c", "CHECKPOINT"]),
  }),
  pod("cache", {
    containers: ["redis"],
    annotations: hook("pre", ["redis-cli", "SAVE"]),
  }),
  pod("web", {
    containers: ["nginx", "fsfreeze"],
    claim: "data-web",
    annotations: {
      ...hook("pre", ["fsfreeze", "-f", "/data"], { container: "fsfreeze" }),
      ...hook("post", ["fsfreeze", "-u", "/data"], { container: "fsfreeze" }),
    },
  }),
  ...volumeClasses,
  ...boundClaim("data-db-0"),
  ...boundClaim("data-web"),
  {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "orders.shop.example.com" },
    spec: {
      group: "shop.example.com",
      names: { kind: "Order", plural: "orders", singular: "order" },
      scope: "Namespaced",
      versions: [{ name: "v1", served: true, storage: true }],
    },
  },
  at("shop.example.com/v1", "Order", "order-1001", { spec: { items: 3, total: "59.90" } }),
  at("shop.example.com/v1", "Order", "order-1002", { spec: { items: 1, total: "12.00" } }),
];

/** A pod whose pre hook freezes and then fails. */
export const failingPod: FakeObject = pod("clumsy", {
  namespace: "lab",
  containers: ["main"],
  annotations: {
    ...hook("pre", ["sh", "-c", "fsfreeze -f /data; echo disk full >&2; exit 1"]),
    ...hook("post", ["fsfreeze", "-u", "/data"]),
  },
});

type Fields = Readonly<Record<string, unknown>>;

function at(
  apiVersion: string,
  kind: string,
  name: string,
  { metadata, ...fields }: Fields & { readonly metadata?: Partial<FakeMetadata> } = {},
): FakeObject {
  return { apiVersion, kind, metadata: { name, namespace: "shop", ...metadata }, ...fields };
}

function statefulSet(name: string): FakeObject {
  const selector = { matchLabels: { app: name } };
  return at("apps/v1", "StatefulSet", name, {
    spec: { replicas: 1, serviceName: name, selector },
    status: { replicas: 1, readyReplicas: 1 },
  });
}

type PodParts = {
  readonly namespace?: string;
  readonly containers: readonly string[];
  readonly claim?: string;
  readonly owner?: { readonly kind: string; readonly name: string };
  readonly annotations: Readonly<Record<string, string>>;
};

function pod(name: string, parts: PodParts): FakeObject {
  const { namespace = "shop", containers, claim, owner, annotations } = parts;
  const app = name.replace(/-\d+$/, "");
  const owners = owner && [{ apiVersion: "apps/v1", uid: "demo", controller: true, ...owner }];
  const claims = claim === undefined ? [] : [claim];
  return at("v1", "Pod", name, {
    metadata: {
      namespace,
      labels: { app },
      annotations,
      ...(owners && { ownerReferences: owners }),
    },
    spec: {
      serviceAccountName: "shop",
      containers: containers.map((container) => ({ name: container, image: `${container}:demo` })),
      volumes: claims.map((claimName) => ({ name: "data", persistentVolumeClaim: { claimName } })),
    },
    status: {
      phase: "Running",
      containerStatuses: containers.map((container) => ({
        name: container,
        state: { running: { startedAt: "2026-01-31T08:00:00Z" } },
      })),
    },
  });
}

function hook(
  phase: "pre" | "post",
  command: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const entries = Object.entries({ command: JSON.stringify(command), ...settings });
  return Object.fromEntries(
    entries.map(([key, value]) => [`${phase}.hook.backup.ark.heptio.com/${key}`, value]),
  );
}
