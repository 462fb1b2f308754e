import { X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import { ArkError } from "../../lib/errors.ts";
import type { FetchedCredential } from "./cached-credentials.ts";
import type { ClientCertificate } from "./credentials.ts";
import { isJsonRecord, parseJsonRecord } from "./json-fields.ts";
import type { JsonRecord } from "./json-fields.ts";
import type { ExecPlugin, KubeconfigCluster } from "./kubeconfig.ts";

/**
 * The value of KUBERNETES_EXEC_INFO: an ExecCredential whose spec tells the plugin what it may do and for whom.
 * @param certificateAuthority PEM of the cluster's CA, if it has one
 * @throws ArkError KubeconfigInvalid when the cluster's own exec configuration is absurdly large
 */
export function execInfo(
  plugin: ExecPlugin,
  interactive: boolean,
  cluster: KubeconfigCluster,
  certificateAuthority: string | undefined,
): string {
  const spec = plugin.provideClusterInfo
    ? { interactive, cluster: clusterInfo(cluster, certificateAuthority) }
    : { interactive };
  return JSON.stringify({ kind: "ExecCredential", apiVersion: plugin.apiVersion, spec }, counted());
}

function clusterInfo(
  cluster: KubeconfigCluster,
  certificateAuthority: string | undefined,
): unknown {
  return {
    server: cluster.server,
    ...(cluster.tlsServerName && { "tls-server-name": cluster.tlsServerName }),
    ...(cluster.insecureSkipTlsVerify && { "insecure-skip-tls-verify": true }),
    ...(certificateAuthority && {
      "certificate-authority-data": Buffer.from(certificateAuthority).toString("base64"),
    }),
    ...(cluster.proxyUrl && { "proxy-url": cluster.proxyUrl }),
    ...(cluster.disableCompression && { "disable-compression": true }),
    ...(cluster.execConfig !== undefined && { config: cluster.execConfig }),
  };
}

/** YAML aliases can make a small file stand for billions of values. */
function counted(): (key: string, value: unknown) => unknown {
  let count = 0;
  return (_key, value) => {
    count += 1;
    if (count > 10_000) {
      throw new ArkError("KubeconfigInvalid", "the cluster's exec extension is too large");
    }
    return value;
  };
}

/**
 * Reads what a plugin printed, with client-go's checks. Nothing that was printed is quoted: it may be secret.
 * @throws ArkError KubeconfigInvalid
 */
export function parseExecCredential(stdout: Uint8Array, plugin: ExecPlugin): FetchedCredential {
  const answer = parseJsonRecord(stdout);
  if (answer === undefined || answer["kind"] !== "ExecCredential") {
    throw invalid("it did not print an ExecCredential as JSON");
  }
  if (answer["apiVersion"] !== plugin.apiVersion) {
    const version = String(answer["apiVersion"]).slice(0, 80);
    throw invalid(`it is configured for ${plugin.apiVersion} but answered with ${version}`);
  }
  const status = answer["status"];
  if (!isJsonRecord(status)) throw invalid("its answer has no status");
  const token = textOf(status, "token");
  const clientCertificate = certificateOf(status);
  if (token === "" && clientCertificate === undefined) {
    throw invalid("it returned neither a token nor a client certificate");
  }
  return {
    credential: { authorization: token === "" ? undefined : `Bearer ${token}`, clientCertificate },
    expiresAtMs: expiryOf(textOf(status, "expirationTimestamp")),
  };
}

function textOf(status: JsonRecord, key: string): string {
  const value = status[key] ?? "";
  if (typeof value !== "string") throw invalid(`its status.${key} is not a string`);
  return value;
}

function certificateOf(status: JsonRecord): ClientCertificate | undefined {
  const cert = textOf(status, "clientCertificateData");
  const key = textOf(status, "clientKeyData");
  if (cert === "" && key === "") return undefined;
  if (cert === "" || key === "") throw invalid("it returned only a certificate or only a key");
  try {
    void new X509Certificate(cert);
    createSecureContext({ cert, key });
  } catch (cause) {
    throw invalid("it returned a certificate and key that do not work together", cause);
  }
  return { cert, key };
}

function expiryOf(timestamp: string): number | undefined {
  if (timestamp === "") return undefined;
  const expiresAtMs = Date.parse(timestamp);
  if (Number.isNaN(expiresAtMs)) throw invalid("its expirationTimestamp is not a time");
  return expiresAtMs;
}

function invalid(problem: string, cause?: unknown): ArkError {
  return new ArkError("KubeconfigInvalid", problem, { cause });
}
