import { ArkError } from "../../lib/errors.ts";
import { cachedCredentials } from "./cached-credentials.ts";
import type { ConnectionEnvironment } from "./connection-flags.ts";
import { basicAuthorization, fixedCredentials } from "./credentials.ts";
import type { CredentialSource } from "./credentials.ts";
import type { ExecPlugin, KubeconfigUser } from "./kubeconfig.ts";
import { presentCertificate, presentCertificateFiles } from "./present-certificate.ts";
import type { SelectedContext } from "./select-context.ts";
import { readClientCertificate } from "./tls-material.ts";
import type { ServerTrust } from "./tls-material.ts";
import { tokenFileCredentials } from "./token-file-credentials.ts";

export type CredentialContext = {
  readonly trust: ServerTrust;
  readonly environment: ConnectionEnvironment;
};

/**
 * How the selected user proves who it is, in client-go's order: token file and token, then a password; an exec plugin
 * only when there is no token, password or client certificate; an auth-provider only when there is no token or password.
 * Over plain HTTP nothing is sent, as kubectl does.
 * @throws ArkError KubeconfigInvalid
 */
export async function chooseCredentials(
  selection: SelectedContext,
  server: URL,
  { trust, environment }: CredentialContext,
): Promise<CredentialSource> {
  const { user } = selection;
  if (server.protocol !== "https:") {
    if (hasCredentials(user))
      environment.warn(`${server.origin} is plain HTTP: credentials are not sent`);
    return fixedCredentials({});
  }
  const clientCertificate = await readClientCertificate(selection);
  const source = await withoutCertificate(selection, { trust, environment });
  if (source === undefined && user.exec !== undefined && clientCertificate === undefined) {
    return execCredentials(selection, user.exec, { trust, environment });
  }
  const chosen = source ?? fixedCredentials({});
  if (clientCertificate === undefined) return chosen;
  const isOnDisk = user.clientCertificateData === undefined || user.clientKeyData === undefined;
  return isOnDisk
    ? presentCertificateFiles(
        chosen,
        clientCertificate,
        () => readClientCertificate(selection),
        environment,
      )
    : presentCertificate(chosen, clientCertificate);
}

/** What goes into the Authorization header; undefined when the user has nothing of the kind but perhaps an exec plugin. */
async function withoutCertificate(
  selection: SelectedContext,
  { environment }: CredentialContext,
): Promise<CredentialSource | undefined> {
  const { user } = selection;
  if (user.tokenFile !== undefined) return tokenFileCredentials(user.tokenFile, environment);
  if (user.token !== undefined) {
    return fixedCredentials({ authorization: `Bearer ${user.token.trim()}` });
  }
  if (user.username !== undefined || user.password !== undefined) {
    const authorization = basicAuthorization(user.username ?? "", user.password ?? "");
    return fixedCredentials({ authorization });
  }
  return user.authProvider === undefined ? undefined : providerCredentials(selection, environment);
}

function execCredentials(
  { userName, cluster }: SelectedContext,
  plugin: ExecPlugin,
  { trust, environment }: CredentialContext,
): CredentialSource {
  const { certificateAuthority } = trust;
  const run = { plugin, userName, cluster, certificateAuthority, environment };
  return cachedCredentials(async (signal) => {
    const { runExecPlugin } = await import("./run-exec-plugin.ts");
    return runExecPlugin(run, signal);
  }, environment.clock);
}

function hasCredentials(user: KubeconfigUser): boolean {
  const { token, tokenFile, username, exec, authProvider } = user;
  const certificate = user.clientCertificate ?? user.clientCertificateData;
  return [token, tokenFile, username, exec, authProvider, certificate].some(
    (credential) => credential !== undefined,
  );
}

async function providerCredentials(
  { user, userName }: SelectedContext,
  environment: ConnectionEnvironment,
): Promise<CredentialSource> {
  const provider = user.authProvider;
  if (provider?.name === "oidc") {
    const { oidcCredentials } = await import("./oidc-credentials.ts");
    return oidcCredentials({ userName, provider }, environment);
  }
  throw new ArkError(
    "KubeconfigInvalid",
    `user ${userName}: the auth-provider "${provider?.name}" is not supported`,
    { hint: "Kubernetes has replaced it by an exec credential plugin: write the kubeconfig anew." },
  );
}
