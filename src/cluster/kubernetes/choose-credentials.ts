import { ArkError } from "../../lib/errors.ts";
import { cachedCredentials } from "./cached-credentials.ts";
import type { ConnectionEnvironment } from "./connection-flags.ts";
import { basicAuthorization, fixedCredentials } from "./credentials.ts";
import type { ClientCertificate, CredentialSource } from "./credentials.ts";
import type { KubeconfigUser } from "./kubeconfig.ts";
import { oidcCredentials } from "./oidc-credentials.ts";
import { runExecPlugin } from "./run-exec-plugin.ts";
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
  if (user.tokenFile !== undefined) {
    return tokenFileCredentials(user.tokenFile, clientCertificate, environment);
  }
  if (user.token !== undefined) {
    return fixedCredentials({ authorization: `Bearer ${user.token.trim()}`, clientCertificate });
  }
  if (user.username !== undefined || user.password !== undefined) {
    const authorization = basicAuthorization(user.username ?? "", user.password ?? "");
    return fixedCredentials({ authorization, clientCertificate });
  }
  if (user.authProvider !== undefined) {
    return providerCredentials(selection, clientCertificate, environment);
  }
  if (user.exec !== undefined && clientCertificate === undefined) {
    const run = {
      plugin: user.exec,
      userName: selection.userName,
      cluster: selection.cluster,
      certificateAuthority: trust.certificateAuthority,
      environment,
    };
    return cachedCredentials((signal) => runExecPlugin(run, signal), environment.clock);
  }
  return fixedCredentials({ clientCertificate });
}

function hasCredentials(user: KubeconfigUser): boolean {
  const { token, tokenFile, username, exec, authProvider } = user;
  const certificate = user.clientCertificate ?? user.clientCertificateData;
  return [token, tokenFile, username, exec, authProvider, certificate].some(
    (credential) => credential !== undefined,
  );
}

function providerCredentials(
  { user, userName }: SelectedContext,
  clientCertificate: ClientCertificate | undefined,
  environment: ConnectionEnvironment,
): CredentialSource {
  const provider = user.authProvider;
  if (provider?.name === "oidc") {
    return oidcCredentials({ userName, provider, clientCertificate }, environment);
  }
  throw new ArkError(
    "KubeconfigInvalid",
    `user ${userName}: the auth-provider "${provider?.name}" is not supported`,
    { hint: "Kubernetes has replaced it by an exec credential plugin: write the kubeconfig anew." },
  );
}
