import { ArkError } from "../../lib/errors.ts";
import { cachedCredentials } from "./cached-credentials.ts";
import type { FetchedCredential } from "./cached-credentials.ts";
import type { ConnectionEnvironment } from "./connection-flags.ts";
import type { CredentialSource } from "./credentials.ts";
import { isJsonRecord } from "./json-fields.ts";
import type { AuthProvider } from "./kubeconfig.ts";
import { loginAgain, refreshOidcTokens } from "./refresh-oidc-tokens.ts";

export type OidcUser = {
  readonly userName: string;
  readonly provider: AuthProvider;
};

/**
 * The kubeconfig's OIDC auth-provider: its id-token while that is valid, then tokens refreshed from the issuer.
 * Unlike kubectl nothing is written back to the kubeconfig; a replaced refresh token is warned about.
 * @throws ArkError KubeconfigInvalid from `current` when there is no usable token and it cannot be refreshed
 */
export function oidcCredentials(
  { userName, provider }: OidcUser,
  environment: Pick<ConnectionEnvironment, "clock" | "warn" | "env">,
): CredentialSource {
  let refreshToken = provider.config["refresh-token"] ?? "";
  let isFirst = true;
  return cachedCredentials(async (signal) => {
    const known = isFirst ? (provider.config["id-token"] ?? "") : "";
    isFirst = false;
    const nowMs = environment.clock.now().getTime();
    if ((expiryOf(known) ?? 0) > nowMs) return fetched(known);
    const user = { userName, config: provider.config, refreshToken };
    if (refreshToken === "") throw expired(userName);
    const tokens = await refreshOidcTokens(user, environment, signal);
    if (tokens.refreshToken !== refreshToken) environment.warn(rotated(userName));
    refreshToken = tokens.refreshToken;
    return fetched(tokens.idToken);
  }, environment.clock);
}

function fetched(token: string): FetchedCredential {
  return { credential: { authorization: `Bearer ${token}` }, expiresAtMs: expiryOf(token) };
}

function expired(userName: string): ArkError {
  return new ArkError(
    "KubeconfigInvalid",
    `the OIDC token of user ${userName} has expired and the kubeconfig holds no refresh token`,
    { hint: loginAgain },
  );
}

function rotated(userName: string): string {
  return (
    `the identity provider replaced the refresh token of user ${userName}; it is not written back to the kubeconfig, ` +
    "so a new login may be needed next time"
  );
}

/** Milliseconds since the epoch from a JWT's exp claim; undefined when there is none to read. */
function expiryOf(token: string): number | undefined {
  try {
    const payload = Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8");
    const claims: unknown = JSON.parse(payload);
    const exp = isJsonRecord(claims) ? claims["exp"] : undefined;
    return typeof exp === "number" ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
}
