import type { TestNamespace } from "./cluster.ts";
import { eventually } from "./process.ts";

/** A pod with a database on a volume, a client that writes all the while, and a sidecar that may freeze the volume. */
export type DatabasePod = {
  readonly name: string;
  readonly image: string;
  /** Scripts for sh. The client writes the number of each row into /tmp/acked once the server has acknowledged it. */
  readonly server: string;
  readonly client?: string;
  /** Where the server has its socket; the client has it as well. */
  readonly sockets: string;
  /** The environment of the server's container, as images have it. */
  readonly serverEnv: Readonly<Record<string, string>>;
  readonly clientEnv?: Readonly<Record<string, string>>;
  /** The claim that is mounted at /data in all but the client. */
  readonly claim: string;
};

const idle = "trap 'exit 0' TERM; while true; do sleep 3600 & wait; done";

export function aDatabasePod(pod: DatabasePod): unknown {
  const data = { name: "data", mountPath: "/data" };
  const sockets = { name: "sockets", mountPath: pod.sockets };
  const toContainer = (name: string, script: string, more: object): unknown => ({
    name,
    image: pod.image,
    imagePullPolicy: process.env["ARK_E2E_IMAGE_PULL_POLICY"] ?? "IfNotPresent",
    command: ["sh", "-c", script],
    ...more,
  });
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: pod.name },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [
        toContainer("db", pod.server, {
          env: toEnv(pod.serverEnv),
          volumeMounts: [data, sockets],
        }),
        ...(pod.client === undefined
          ? []
          : [
              toContainer("client", pod.client, {
                env: toEnv(pod.clientEnv ?? {}),
                volumeMounts: [sockets],
              }),
            ]),
        toContainer("fsfreeze", idle, {
          securityContext: { privileged: true },
          volumeMounts: [data],
        }),
      ],
      volumes: [
        { name: "data", persistentVolumeClaim: { claimName: pod.claim } },
        { name: "sockets", emptyDir: {} },
      ],
    },
  };
}

function toEnv(variables: Readonly<Record<string, string>>): unknown {
  return Object.entries(variables).map(([name, value]) => ({ name, value }));
}

/** @param snapshot a VolumeSnapshot that it is made from */
export function aDatabaseClaim(name: string, snapshot?: string): unknown {
  const source = { apiGroup: "snapshot.storage.k8s.io", kind: "VolumeSnapshot", name: snapshot };
  return {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name },
    spec: {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "512Mi" } },
      ...(snapshot === undefined ? {} : { dataSource: source }),
    },
  };
}

/** The last row that the server acknowledged to the client. */
export async function acknowledged(namespace: TestNamespace, pod: string): Promise<number> {
  return Number(await namespace.exec(pod, "client", ["cat", "/tmp/acked"]));
}

/** Waits until the client has written more than a number of rows. */
export async function writesBeyond(
  namespace: TestNamespace,
  pod: string,
  row: number,
): Promise<void> {
  await eventually(`rows after ${row} of pod ${pod}`, async () =>
    (await acknowledged(namespace, pod)) > row ? true : undefined,
  );
}

/** A loop for a client: `first` until it works, then `write` for n = 1, 2, … with each acknowledged row in /tmp/acked. */
export function writerScript(first: string, write: string): string {
  return [
    `until ${first}; do sleep 0.2; done`,
    "n=1",
    "while true; do",
    `  if ${write}; then echo $n >/tmp/acked.new && mv /tmp/acked.new /tmp/acked; n=$((n+1)); fi`,
    "  sleep 0.02",
    "done",
  ].join("\n");
}
