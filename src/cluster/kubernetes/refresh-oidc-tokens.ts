import { promises as fs } from "node:fs";
import { ArkError, hasCode, messageOf } from "../../lib/errors.ts";
import type { ConnectionEnvironment } from "./connection-flags.ts";
import { basicAuthorization } from "./credentials.ts";
import { environmentProxy } from "./environment-proxy.ts";
import { exchange } from "./http-exchange.ts";
import { defaultTimeouts } from "./http-timeouts.ts";
import { parseJsonRecord, textField } from "./json-fields.ts";
import type { JsonRecord } from "./json-fields.ts";
import type { ApiRequest, ApiResponse } from "./requests.ts";
import { createServerAgents } from "./server-agents.ts";
import type { ServerTrust } from "./tls-material.ts";

export type OidcLogin = {
  readonly userName: string;
  /** The auth-provider's config: client-id, client-secret, idp-issuer-url, idp-certificate-authority(-data). */
  readonly config: Readonly<Record<string, string>>;
  readonly refreshToken: string;
};

export type OidcTokens = { readonly idToken: string; readonly refreshToken: string };

export const loginAgain = "Log in again with the tool that wrote this kubeconfig user.";

type Environment = Pick<ConnectionEnvironment, "clock" | "env">;

/**
 * Asks the issuer for a new id-token, as client-go: discovery, then the refresh token grant. Own code, because
 * client-node 2.0.1 cannot: it hands its OIDC library values of types that this refuses, for every issuer.
 * @throws ArkError KubeconfigInvalid, never with a token in its message
 */
export async function refreshOidcTokens(
  login: OidcLogin,
  environment: Environment,
  signal: AbortSignal,
): Promise<OidcTokens> {
  try {
    return await refresh(login, environment, signal);
  } catch (error) {
    if (hasCode(error, "Cancelled")) throw error;
    throw new ArkError(
      "KubeconfigInvalid",
      `the OIDC token of user ${login.userName} cannot be renewed: ${messageOf(error)}`,
      { hint: loginAgain, cause: error },
    );
  }
}

async function refresh(
  login: OidcLogin,
  environment: Environment,
  signal: AbortSignal,
): Promise<OidcTokens> {
  const { config, refreshToken } = login;
  const call = issuerCalls(await issuerTrust(config), environment, signal);
  const issuer = (config["idp-issuer-url"] ?? "").replace(/\/$/, "");
  const found = await call(parseUrl(`${issuer}/.well-known/openid-configuration`), {
    method: "GET",
  });
  const endpoint = parseUrl(textField(contentOf(found), "token_endpoint") ?? "");
  const form = { grant_type: "refresh_token", refresh_token: refreshToken };
  const answer = await grant(call, endpoint, { form, config });
  const content = contentOf(answer);
  const idToken = textField(content, "id_token");
  if (idToken === undefined) throw new Error("the issuer's answer holds no id_token");
  return { idToken, refreshToken: textField(content, "refresh_token") ?? refreshToken };
}

type Call = (
  url: URL,
  request: Pick<ApiRequest, "method" | "body"> & Extra,
) => Promise<ApiResponse>;
type Extra = { readonly headers?: Readonly<Record<string, string>> };

type Grant = {
  readonly form: Readonly<Record<string, string>>;
  readonly config: Readonly<Record<string, string>>;
};

/** A client secret goes into the Authorization header, and into the form where the issuer refuses that (as Go). */
async function grant(call: Call, endpoint: URL, { form, config }: Grant): Promise<ApiResponse> {
  const clientId = config["client-id"] ?? "";
  const secret = config["client-secret"] ?? "";
  const post = (
    fields: Readonly<Record<string, string>>,
    authorization = "",
  ): Promise<ApiResponse> =>
    call(endpoint, {
      method: "POST",
      body: new URLSearchParams(fields).toString(),
      headers: {
        "Content-Type": "application/x-www-form-urlencoded",
        ...(authorization !== "" && { Authorization: authorization }),
      },
    });
  if (secret === "") return post({ ...form, client_id: clientId });
  const encoded = [clientId, secret].map((part) => encodeURIComponent(part));
  const first = await post(form, basicAuthorization(encoded[0] ?? "", encoded[1] ?? ""));
  if (first.status < 400) return first;
  return post({ ...form, client_id: clientId, client_secret: secret });
}

function issuerCalls(trust: ServerTrust, environment: Environment, signal: AbortSignal): Call {
  return async (url, { method, body, headers = {} }) => {
    const proxy = environmentProxy(url, environment.env);
    const agents = await createServerAgents({ server: url, trust, proxy });
    const path = url.pathname + url.search;
    const request: ApiRequest = {
      method,
      path,
      purpose: "renew the OIDC token",
      ...(body !== undefined && { body }),
    };
    const timeouts = { ...defaultTimeouts, requestMs: 30_000 };
    try {
      return await exchange(
        request,
        {
          server: new URL(url.origin),
          agent: agents.agentFor("webSockets", undefined),
          headers: { Accept: "application/json", ...headers },
        },
        { clock: environment.clock, timeouts },
        signal,
      );
    } finally {
      agents.close();
    }
  };
}

async function issuerTrust(config: Readonly<Record<string, string>>): Promise<ServerTrust> {
  const data = config["idp-certificate-authority-data"];
  const file = config["idp-certificate-authority"];
  const fromFile = file ? await fs.readFile(file, "utf8") : undefined;
  return {
    certificateAuthority: data ? Buffer.from(data, "base64").toString("utf8") : fromFile,
    insecureSkipTlsVerify: false,
    serverName: undefined,
  };
}

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw new Error("the issuer, or the token endpoint that it names, is not a URL");
  }
  return url;
}

function contentOf(response: ApiResponse): JsonRecord {
  const content = parseJsonRecord(response.body);
  if (response.status < 300 && content !== undefined) return content;
  const error = content === undefined ? undefined : textField(content, "error");
  const detail = error === undefined ? "" : ` (${error.slice(0, 100)})`;
  throw new Error(`the issuer answered ${response.status}${detail}`);
}
