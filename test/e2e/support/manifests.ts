import { image, imagePullPolicy } from "./cluster.ts";

export type ContainerSpec = {
  readonly name?: string;
  /** A shell script; by default it does nothing until it is told to end. */
  readonly script?: string;
  readonly privileged?: boolean;
  /** Runs beside the others as an init container that is never over. */
  readonly sidecar?: boolean;
  readonly env?: Readonly<Record<string, string>>;
};

export type PodSpec = {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly containers?: readonly ContainerSpec[];
  /** Mounted at /data in every container. */
  readonly claim?: string;
  readonly restartPolicy?: "Always" | "Never";
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** Its containers see each other's processes. */
  readonly sharedProcesses?: boolean;
};

const idle = "trap 'exit 0' TERM; while true; do sleep 3600 & wait; done";

export function aPod(name: string, spec: PodSpec = {}): unknown {
  const { labels = {}, annotations = {} } = spec;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels, annotations },
    spec: podSpec(spec),
  };
}

function podSpec(spec: PodSpec): unknown {
  const { claim, containers = [{}] } = spec;
  const toContainer = (container: ContainerSpec): unknown => ({
    name: container.name ?? "main",
    image,
    imagePullPolicy,
    command: ["/bin/sh", "-c", container.script ?? idle],
    env: Object.entries(container.env ?? {}).map(([key, value]) => ({ name: key, value })),
    ...(container.sidecar ? { restartPolicy: "Always" } : {}),
    securityContext: { privileged: container.privileged ?? false },
    volumeMounts: claim === undefined ? [] : [{ name: "data", mountPath: "/data" }],
  });
  return {
    terminationGracePeriodSeconds: 1,
    shareProcessNamespace: spec.sharedProcesses ?? false,
    restartPolicy: spec.restartPolicy ?? "Always",
    nodeSelector: spec.nodeSelector ?? {},
    initContainers: containers.filter(({ sidecar }) => sidecar).map(toContainer),
    containers: containers.filter(({ sidecar }) => !sidecar).map(toContainer),
    volumes:
      claim === undefined ? [] : [{ name: "data", persistentVolumeClaim: { claimName: claim } }],
  };
}

/** One pod, NAME-0, with the label app=NAME. */
export function aStatefulSet(name: string, spec: PodSpec = {}): unknown {
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name },
    spec: {
      serviceName: name,
      selector: { matchLabels: labels },
      template: { metadata: { labels, annotations: spec.annotations ?? {} }, spec: podSpec(spec) },
    },
  };
}

export function aClaim(name: string): unknown {
  const resources = { requests: { storage: "64Mi" } };
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name },
    spec: { accessModes: ["ReadWriteOnce"], resources },
  };
}

export function aConfigMap(name: string, labels: Readonly<Record<string, string>> = {}): unknown {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, labels },
    data: { key: "value" },
  };
}

/** Ark's annotations for hooks that echo a word each, or run what is given. */
export function hookAnnotations(hooks: {
  readonly pre?: readonly string[];
  readonly post?: readonly string[];
  readonly settings?: Readonly<Record<string, string>>;
}): Record<string, string> {
  const { pre, post, settings = {} } = hooks;
  return {
    ...(pre ? { "pre.hook.backup.ark.heptio.com/command": JSON.stringify(pre) } : {}),
    ...(post ? { "post.hook.backup.ark.heptio.com/command": JSON.stringify(post) } : {}),
    ...Object.fromEntries(
      Object.entries(settings).map(([key, value]) => {
        const dot = key.indexOf(".");
        const prefix = `${key.slice(0, dot)}.hook.backup.ark.heptio.com`;
        return [`${prefix}/${key.slice(dot + 1)}`, value];
      }),
    ),
  };
}
