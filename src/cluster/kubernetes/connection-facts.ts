import { X509Certificate } from "node:crypto";
import { promises as fs } from "node:fs";
import { environmentProxy } from "./environment-proxy.ts";
import type { ConnectionEnvironment, ConnectionFlags } from "./connection-flags.ts";
import { selectConnection } from "./connect.ts";
import { kubeconfigFiles } from "./load-kubeconfig.ts";
import type { SelectedContext } from "./select-context.ts";
import { parseServerUrl } from "./server-url.ts";
import { readClientCertificate } from "./tls-material.ts";

/** Where the connection flags and kubeconfigs lead, without secrets: for people who look for what is wrong. */
export type ConnectionFacts = {
  /** In the order in which they are merged. */
  readonly files: readonly { readonly path: string; readonly isThere: boolean }[];
  /** "" where flags, or the service account of a pod, stand for it. */
  readonly context: string;
  readonly user: string;
  /** "client certificate", "token", "exec plugin NAME", … */
  readonly login: string;
  /** As whom requests are made with --as. */
  readonly impersonated: string | undefined;
  readonly certificateEnds: Date | undefined;
  readonly isEncrypted: boolean;
  /** Whether the server's certificate is checked. */
  readonly isVerified: boolean;
  /** Without the login that it may hold. */
  readonly proxy: string | undefined;
};

/** @throws ArkError as `connect` */
export async function readConnectionFacts(
  flags: ConnectionFlags,
  environment: ConnectionEnvironment,
): Promise<ConnectionFacts> {
  const selection = await selectConnection(flags, environment);
  const server = parseServerUrl(selection.cluster.server ?? "");
  const paths = kubeconfigFiles(flags.kubeconfig, environment);
  const { user } = selection;
  return {
    files: await Promise.all(paths.map(async (path) => ({ path, isThere: await isThere(path) }))),
    context: selection.contextName,
    user: selection.userName,
    login: loginOf(selection),
    impersonated: user.as,
    certificateEnds: await certificateEnd(selection),
    isEncrypted: server.protocol === "https:",
    isVerified: server.protocol === "https:" && !selection.cluster.insecureSkipTlsVerify,
    proxy: proxyName(selection, server, environment),
  };
}

function isThere(path: string): Promise<boolean> {
  return fs.access(path).then(
    () => true,
    () => false,
  );
}

/** As the adapter chooses: what is sent with each request goes before what has to be fetched. */
function loginOf({ user }: SelectedContext): string {
  const certificate = user.clientCertificate ?? user.clientCertificateData;
  if (user.token !== undefined || user.tokenFile !== undefined) return "token";
  if (user.username !== undefined) return "user name and password";
  if (user.authProvider !== undefined) return `auth provider ${user.authProvider.name}`;
  if (certificate !== undefined) return "client certificate";
  return user.exec === undefined ? "no credentials" : `exec plugin ${user.exec.command}`;
}

async function certificateEnd(selection: SelectedContext): Promise<Date | undefined> {
  const certificate = await readClientCertificate(selection);
  return certificate && new Date(new X509Certificate(certificate.cert).validTo);
}

function proxyName(
  { cluster }: SelectedContext,
  server: URL,
  { env }: ConnectionEnvironment,
): string | undefined {
  if (cluster.proxyUrl !== undefined)
    return `${withoutLogin(new URL(cluster.proxyUrl))} (proxy-url)`;
  const proxy = environmentProxy(server, env);
  return proxy && `${withoutLogin(proxy)} (environment)`;
}

function withoutLogin({ protocol, host }: URL): string {
  return `${protocol}//${host}`;
}
