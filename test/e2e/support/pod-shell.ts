import { imagePullPolicy, kubectl, type TestNamespace } from "./cluster.ts";
import { hookAnnotations } from "./manifests.ts";

/** An image with bash, perl, find and GNU tar, for pods and for the helpers of copies. */
export const tarImage = process.env["ARK_E2E_TAR_IMAGE"] ?? "debian:13-slim";

/** @returns why there is no such image; false when there may be one, for a test's `skip` */
export function lacksTarImage(): string | false {
  const isGiven = process.env["ARK_E2E_TAR_IMAGE"] !== undefined;
  if (isGiven || imagePullPolicy !== "Never") return false;
  return "ARK_E2E_TAR_IMAGE names no image with bash, perl and GNU tar, and none may be pulled";
}

/** For `kubectl ark backup`: copies by a helper with that image. */
export const copyFlags = [
  "--volume-data",
  `--helper-image=${tarImage}`,
  `--helper-image-pull-policy=${imagePullPolicy}`,
];

/** A pod that does nothing, a claim of that name, which it has at /data, and hooks that freeze the volume. @param size "64Mi" */
export function aDataPod(name: string, size: string): unknown[] {
  const annotations = hookAnnotations({
    pre: ["fsfreeze", "--freeze", "/data"],
    post: ["fsfreeze", "--unfreeze", "/data"],
  });
  const container = {
    name: "main",
    image: tarImage,
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
