import { adminKeyPair, caPem } from "./certificates.ts";
import type { KeyPair } from "./certificates.ts";

export type KubeconfigOptions = {
  /** Default: the administrator's client certificate. A string is a bearer token, an empty one no credentials. */
  readonly credentials?: KeyPair | string;
  readonly namespace?: string;
  readonly server?: string;
  readonly caPem?: string;
};

/** A kubeconfig with everything inline, as JSON, which is YAML. */
export function kubeconfigText(serverUrl: string, options: KubeconfigOptions): string {
  const server = options.server ?? serverUrl;
  const ca = { "certificate-authority-data": base64(options.caPem ?? caPem) };
  const namespace = options.namespace === undefined ? {} : { namespace: options.namespace };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "fake", cluster: { server, ...(server.startsWith("https:") ? ca : {}) } }],
    users: [{ name: "test-admin", user: userOf(options.credentials ?? adminKeyPair) }],
    contexts: [{ name: "fake", context: { cluster: "fake", user: "test-admin", ...namespace } }],
    "current-context": "fake",
  };
  return JSON.stringify(config, undefined, 2);
}

function userOf(credentials: KeyPair | string): Readonly<Record<string, string>> {
  if (credentials === "") return {};
  if (typeof credentials === "string") return { token: credentials };
  return {
    "client-certificate-data": base64(credentials.cert),
    "client-key-data": base64(credentials.key),
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
