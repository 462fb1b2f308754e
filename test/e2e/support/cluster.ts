import { randomBytes } from "node:crypto";
import { after } from "node:test";
import { eventually, runProcess } from "./process.ts";
import { releaseSnapshots } from "./snapshots.ts";

/** What to run in pods: it needs sh, sleep, dd and fsfreeze. */
export const image = process.env["ARK_E2E_IMAGE"] ?? "busybox:1.37";
export const imagePullPolicy = process.env["ARK_E2E_IMAGE_PULL_POLICY"] ?? "IfNotPresent";

const remedy = `Point KUBECONFIG at a cluster that may be filled with test namespaces, for example:
  kind create cluster --kubeconfig /tmp/kind.kubeconfig
  KUBECONFIG=/tmp/kind.kubeconfig npm run e2e
ARK_E2E_IMAGE and ARK_E2E_IMAGE_PULL_POLICY choose the image of the pods (default busybox:1.37, IfNotPresent).`;

/** kubectl with the caller's KUBECONFIG. @returns stdout @throws with kubectl's own words when it fails */
export async function kubectl(words: readonly string[], input?: string): Promise<string> {
  const { exitCode, stdout, stderr } = await runProcess("kubectl", words, { input });
  if (exitCode === 0) return stdout;
  throw new Error(`kubectl ${words.join(" ")} ended with ${exitCode}: ${stderr}`);
}

/** @returns what kubectl prints with -o json, taken at its word for a `T` */
export async function kubectlJson<T>(words: readonly string[]): Promise<T> {
  return JSON.parse(await kubectl([...words, "-o", "json"]));
}

/** A namespace of the test file's own. Whatever is in it goes away with it when the file's tests are over. */
export type TestNamespace = {
  readonly name: string;
  apply(...objects: readonly unknown[]): Promise<void>;
  /** Waits until all pods that can be Ready are. */
  podsReady(selector?: string): Promise<void>;
  /** Runs a command in a pod's container. @returns its stdout */
  exec(pod: string, container: string, command: readonly string[]): Promise<string>;
  /** Waits until a file is there in a pod's container. */
  fileExists(pod: string, container: string, path: string): Promise<void>;
};

/** @throws with what to do when there is no KUBECONFIG or no cluster behind it */
export async function useNamespace(topic: string): Promise<TestNamespace> {
  await assertReachable();
  const name = `ark-e2e-${topic}-${randomBytes(3).toString("hex")}`;
  await kubectl(["create", "namespace", name]);
  after(async () => {
    await releaseSnapshots(name);
    await kubectl(["delete", "namespace", name, "--wait=false"]);
  });
  // For whoever has to tidy up after a run that was killed: kubectl delete namespace -l ark-e2e
  await kubectl(["label", "namespace", name, "ark-e2e=true"]);
  const inside = ["-n", name];
  await eventually("the default service account", () =>
    kubectl(["get", "serviceaccount", "default", "--ignore-not-found", "-o", "name", ...inside]),
  );
  return {
    name,
    async apply(...objects) {
      const list = { apiVersion: "v1", kind: "List", items: objects };
      await kubectl(["apply", "-f", "-", ...inside], JSON.stringify(list));
    },
    async podsReady(selector = "") {
      const condition = ["--for=condition=Ready", "--timeout=110s"];
      const which = selector === "" ? ["--all"] : ["-l", selector];
      await kubectl(["wait", "pod", ...which, ...condition, ...inside]);
    },
    exec: (pod, container, command) =>
      kubectl(["exec", ...inside, pod, "-c", container, "--", ...command]),
    async fileExists(pod, container, path) {
      const words = ["exec", ...inside, pod, "-c", container, "--", "test", "-e", path];
      await eventually(`${path} in pod ${pod}`, async () => {
        return (await runProcess("kubectl", words)).exitCode === 0 ? true : undefined;
      });
    },
  };
}

async function assertReachable(): Promise<void> {
  if ((process.env["KUBECONFIG"] ?? "") === "") {
    throw new Error(`The end-to-end tests need a cluster, and KUBECONFIG is not set.\n${remedy}`);
  }
  const words = ["get", "--raw", "/readyz", "--request-timeout=10s"];
  const { exitCode, stderr } = await runProcess("kubectl", words).catch((error: unknown) => ({
    exitCode: null,
    stderr: `kubectl cannot be run: ${String(error)}`,
  }));
  if (exitCode !== 0) {
    throw new Error(`The cluster of KUBECONFIG cannot be reached: ${stderr.trim()}\n${remedy}`);
  }
}
