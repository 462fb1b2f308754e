import type { ConnectionFlags } from "../cluster/kubernetes/connection-flags.ts";

/** The connection flags as yargs leaves them. */
export type ConnectionArguments = Readonly<Record<string, unknown>>;

/** kubectl's flag names to the adapter's fields; a flag that was given twice counts as given last, as in kubectl. */
export function toConnectionFlags(flags: ConnectionArguments): ConnectionFlags {
  const text = (name: string): string | undefined => {
    const value = flags[name];
    const single: unknown = Array.isArray(value) ? value.at(-1) : value;
    return typeof single === "string" ? single : undefined;
  };
  const texts = (name: string): string[] | undefined => {
    const value = flags[name];
    return Array.isArray(value) ? value.map(String) : undefined;
  };
  return {
    kubeconfig: text("kubeconfig"),
    context: text("context"),
    cluster: text("cluster"),
    user: text("user"),
    namespace: text("namespace"),
    server: text("server"),
    token: text("token"),
    username: text("username"),
    password: text("password"),
    as: text("as"),
    asGroup: texts("as-group"),
    asUid: text("as-uid"),
    asUserExtra: texts("as-user-extra"),
    certificateAuthority: text("certificate-authority"),
    clientCertificate: text("client-certificate"),
    clientKey: text("client-key"),
    insecureSkipTlsVerify: flags["insecure-skip-tls-verify"] === true,
    tlsServerName: text("tls-server-name"),
    requestTimeout: text("request-timeout"),
    disableCompression: flags["disable-compression"] === true,
  };
}
