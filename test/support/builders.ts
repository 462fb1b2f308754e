import type { KubernetesObject, ObjectMeta } from "../../src/cluster/cluster.ts";

/** Objects as an API server would hold them. `rest` replaces top-level fields; metadata is merged. */

type Built = KubernetesObject & { readonly apiVersion: string; readonly kind: string };

export type Overrides = {
  readonly metadata?: Partial<ObjectMeta> & Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
};

/** Any object: `object("apps/v1", "Deployment", "shop/web")`; without a slash in the name it has no namespace. */
export function object(
  apiVersion: string,
  kind: string,
  path: string,
  { metadata, ...rest }: Overrides = {},
): Built {
  const slash = path.indexOf("/");
  const named = { name: path.slice(slash + 1) };
  const placed = slash < 0 ? named : { namespace: path.slice(0, slash), ...named };
  return { apiVersion, kind, metadata: { ...placed, ...metadata }, ...rest };
}

export function namespace(name: string, overrides: Overrides = {}): Built {
  return object("v1", "Namespace", name, { status: { phase: "Active" }, ...overrides });
}

export function configMap(path: string, overrides: Overrides = {}): Built {
  return object("v1", "ConfigMap", path, { data: { key: "value" }, ...overrides });
}

export function secret(path: string, overrides: Overrides = {}): Built {
  return object("v1", "Secret", path, { type: "Opaque", data: { key: "dmFsdWU=" }, ...overrides });
}

export function serviceAccount(path: string, overrides: Overrides = {}): Built {
  return object("v1", "ServiceAccount", path, overrides);
}

export function deployment(path: string, overrides: Overrides = {}): Built {
  return object("apps/v1", "Deployment", path, { spec: { replicas: 1 }, ...overrides });
}

export type PodParts = {
  /** Default: one, called "main". */
  readonly containers?: readonly string[];
  /** Names of claims, each mounted as a volume of the same name. */
  readonly claims?: readonly string[];
  readonly phase?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly serviceAccountName?: string;
};

/** A running pod, by its parts. */
export function pod(path: string, parts: PodParts = {}, overrides: Overrides = {}): Built {
  const { containers = ["main"], claims = [], phase = "Running" } = parts;
  const { annotations, labels, serviceAccountName = "default" } = parts;
  const state = phase === "Running" ? { running: {} } : { waiting: {} };
  return object("v1", "Pod", path, {
    spec: {
      serviceAccountName,
      containers: containers.map((name) => ({ name, image: `registry.example/${name}:1` })),
      volumes: claims.map((name) => ({ name, persistentVolumeClaim: { claimName: name } })),
    },
    status: {
      phase,
      containerStatuses: containers.map((name) => ({ name, ready: phase === "Running", state })),
    },
    ...overrides,
    metadata: {
      ...(annotations && { annotations }),
      ...(labels && { labels }),
      ...overrides.metadata,
    },
  });
}

/** A claim, bound when the volume's name is given. */
export function claim(path: string, volumeName?: string, overrides: Overrides = {}): Built {
  return object("v1", "PersistentVolumeClaim", path, {
    spec: {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "1Gi" } },
      ...(volumeName !== undefined && { volumeName }),
    },
    status: { phase: volumeName === undefined ? "Pending" : "Bound" },
    ...overrides,
  });
}

/** A volume of a CSI driver, bound to the claim "namespace/name" when one is given. */
export function volume(name: string, claimPath?: string, overrides: Overrides = {}): Built {
  const [claimNamespace, claimName] = claimPath?.split("/") ?? [];
  return object("v1", "PersistentVolume", name, {
    spec: {
      capacity: { storage: "1Gi" },
      accessModes: ["ReadWriteOnce"],
      csi: { driver: "csi.example", volumeHandle: `handle-${name}` },
      ...(claimPath !== undefined && {
        claimRef: { kind: "PersistentVolumeClaim", namespace: claimNamespace, name: claimName },
      }),
    },
    status: { phase: claimPath === undefined ? "Available" : "Bound" },
    ...overrides,
  });
}
