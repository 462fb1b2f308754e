import { image, imagePullPolicy, kubectl, type TestNamespace } from "./cluster.ts";
import { hookAnnotations } from "./manifests.ts";

/** An image with bash, perl, find and GNU tar, for pods and for the helpers of copies. */
export const tarImage = process.env["ARK_E2E_TAR_IMAGE"] ?? "debian:13-slim";

/** The same for `kubectl ark backup`. */
export const helperFlags = [
  "--volume-data",
  "--helper-image",
  tarImage,
  "--helper-image-pull-policy",
  imagePullPolicy,
];

export type DataPod = {
  /** Of the pod and of its claim, which is mounted at /data. */
  readonly name: string;
  /** "64Mi" */
  readonly size: string;
  /** GNU tar, or what the image of the other tests has. */
  readonly tar?: "gnu" | "busybox";
};

/** A pod that does nothing, its claim, and hooks that freeze the volume. */
export function aDataPod({ name, size, tar = "gnu" }: DataPod): unknown[] {
  const annotations = hookAnnotations({
    pre: ["fsfreeze", "--freeze", "/data"],
    post: ["fsfreeze", "--unfreeze", "/data"],
  });
  const container = {
    name: "main",
    image: tar === "gnu" ? tarImage : image,
    imagePullPolicy,
    command: ["sh", "-c", "trap 'exit 0' TERM; while true; do sleep 3600 & wait; done"],
    securityContext: { privileged: true },
    volumeMounts: [{ name: "data", mountPath: "/data" }],
  };
  const claim = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: size } } },
  };
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, annotations },
    spec: {
      terminationGracePeriodSeconds: 1,
      containers: [container],
      volumes: [{ name: "data", persistentVolumeClaim: { claimName: name } }],
    },
  };
  return [claim, pod];
}

/** Runs a bash script in the first container of a pod; its arguments are $1 and so on. @returns its stdout */
export function bashIn(
  { name }: TestNamespace,
  pod: string,
  script: string,
  words: readonly string[] = [],
): Promise<string> {
  return kubectl(["exec", "-i", "-n", name, pod, "--", "bash", "-s", "--", ...words], script);
}
