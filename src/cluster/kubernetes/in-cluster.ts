import { promises as fs } from "node:fs";
import { isIPv6 } from "node:net";
import { join } from "node:path";
import type { ConnectionEnvironment } from "./connection-flags.ts";
import { anonymousUser } from "./kubeconfig.ts";
import type { Kubeconfig } from "./kubeconfig.ts";

const name = "in-cluster";

/**
 * What a pod's own service account amounts to as a kubeconfig, as client-go's in-cluster configuration.
 * @returns undefined outside a pod: no KUBERNETES_SERVICE_HOST and _PORT, or no token file
 */
export async function inClusterKubeconfig(
  environment: ConnectionEnvironment,
): Promise<Kubeconfig | undefined> {
  const folder =
    environment.serviceAccountDirectory ?? "/var/run/secrets/kubernetes.io/serviceaccount";
  const host = environment.env["KUBERNETES_SERVICE_HOST"];
  const port = environment.env["KUBERNETES_SERVICE_PORT"];
  const tokenFile = join(folder, "token");
  if (!host || !port || !(await isFile(tokenFile))) return undefined;
  const caFile = join(folder, "ca.crt");
  const cluster = {
    server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
    certificateAuthority: (await isFile(caFile)) ? caFile : undefined,
    insecureSkipTlsVerify: false,
    disableCompression: false,
  };
  const namespace = environment.env["POD_NAMESPACE"] || (await accountNamespace(folder));
  return {
    currentContext: name,
    clusters: new Map([[name, cluster]]),
    users: new Map([[name, { ...anonymousUser, tokenFile }]]),
    contexts: new Map([[name, { cluster: name, user: name, namespace }]]),
  };
}

async function isFile(path: string): Promise<boolean> {
  try {
    return !(await fs.stat(path)).isDirectory();
  } catch {
    return false;
  }
}

async function accountNamespace(folder: string): Promise<string | undefined> {
  try {
    return (await fs.readFile(join(folder, "namespace"), "utf8")).trim() || undefined;
  } catch {
    return undefined;
  }
}
