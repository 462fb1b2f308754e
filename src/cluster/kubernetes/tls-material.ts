import { X509Certificate } from "node:crypto";
import { promises as fs } from "node:fs";
import { createSecureContext, getCACertificates } from "node:tls";
import { ArkError, messageOf } from "../../lib/errors.ts";
import type { ClientCertificate } from "./credentials.ts";
import type { SelectedContext } from "./select-context.ts";

/** What a TLS connection to the server needs, apart from credentials that may change. */
export type ServerTrust = {
  /** PEM of the cluster's own CA; absent: the machine's authorities. */
  readonly certificateAuthority: string | undefined;
  readonly insecureSkipTlsVerify: boolean;
  /** Sent as SNI and verified instead of the host. */
  readonly serverName: string | undefined;
};

/** @throws ArkError KubeconfigInvalid when the CA cannot be read or is no certificate */
export async function readServerTrust({
  cluster,
  clusterName,
}: SelectedContext): Promise<ServerTrust> {
  const subject = `cluster ${clusterName || "given by flags"}: certificate-authority`;
  const pem = await readPem(
    cluster.certificateAuthority,
    cluster.certificateAuthorityData,
    subject,
  );
  if (pem !== undefined) {
    attempt(`${subject} is not a certificate in PEM form`, () => new X509Certificate(pem));
  }
  return {
    certificateAuthority: pem,
    insecureSkipTlsVerify: cluster.insecureSkipTlsVerify,
    serverName: cluster.tlsServerName,
  };
}

/** @throws ArkError KubeconfigInvalid when certificate or key cannot be read or do not belong together */
export async function readClientCertificate({
  user,
  userName,
}: SelectedContext): Promise<ClientCertificate | undefined> {
  const subject = `user ${userName || "given by flags"}: client`;
  const cert = await readPem(
    user.clientCertificate,
    user.clientCertificateData,
    `${subject}-certificate`,
  );
  if (cert === undefined) return undefined;
  const key = (await readPem(user.clientKey, user.clientKeyData, `${subject}-key`)) ?? "";
  attempt(`${subject} certificate and key do not work together`, () => {
    void new X509Certificate(cert);
    createSecureContext({ cert, key });
  });
  return { cert, key };
}

/**
 * The authorities for a server without a CA of its own: those of Node and of the operating system, because kubectl
 * trusts what the system trusts.
 */
export function machineAuthorities(): string[] {
  return [...new Set([...getCACertificates("default"), ...getCACertificates("system")])];
}

async function readPem(
  file: string | undefined,
  data: Uint8Array | undefined,
  subject: string,
): Promise<string | undefined> {
  if (data !== undefined) return Buffer.from(data).toString("utf8");
  if (file === undefined) return undefined;
  try {
    return await fs.readFile(file, "utf8");
  } catch (cause) {
    throw new ArkError("KubeconfigInvalid", `${subject} cannot be read: ${messageOf(cause)}`, {
      cause,
    });
  }
}

function attempt(problem: string, action: () => unknown): void {
  try {
    action();
  } catch (cause) {
    throw new ArkError("KubeconfigInvalid", `${problem}: ${messageOf(cause)}`, { cause });
  }
}
