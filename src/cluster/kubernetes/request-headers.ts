import { validateHeaderName, validateHeaderValue } from "node:http";
import { arch, platform } from "node:os";
import { ArkError } from "../../lib/errors.ts";
import type { Credential } from "./credentials.ts";
import type { HeaderValues } from "./impersonation.ts";
import type { ApiRequest } from "./requests.ts";

const userAgent = `kubectl-ark (${platform()}/${arch()})`;

/** Who is asking: for requests and WebSockets alike. */
export function identityHeaders(credential: Credential, impersonation: HeaderValues): HeaderValues {
  return {
    "User-Agent": userAgent,
    ...(credential.authorization !== undefined && { Authorization: credential.authorization }),
    ...impersonation,
  };
}

/** All headers of a request; its own win over the defaults, but not over who is asking. */
export function requestHeaders(
  request: ApiRequest,
  identity: HeaderValues,
  disableCompression: boolean,
): HeaderValues {
  const body = typeof request.body === "string" ? Buffer.from(request.body) : request.body;
  const isGzip = request.gzip === true && !disableCompression;
  return {
    Accept: "application/json",
    ...(body !== undefined && {
      "Content-Type": "application/json",
      "Content-Length": String(body.length),
    }),
    ...withoutDefaults(request.headers ?? {}),
    "Accept-Encoding": isGzip ? "gzip" : "identity",
    ...identity,
  };
}

const defaultNames = ["Accept", "Content-Type", "Accept-Encoding"];

function canonical(name: string): string {
  return defaultNames.find((known) => known.toLowerCase() === name.toLowerCase()) ?? name;
}

/** Header names differ in case only, and two of them would both be sent. */
function withoutDefaults(headers: Readonly<Record<string, string>>): HeaderValues {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [canonical(name), value]),
  );
}

/**
 * Refuses what cannot be sent, without quoting it: the value may be a token.
 * @throws ArkError KubeconfigInvalid
 */
export function checkHeaders(headers: HeaderValues): HeaderValues {
  for (const [name, values] of Object.entries(headers)) {
    try {
      validateHeaderName(name);
      for (const value of [values].flat()) validateHeaderValue(name, value);
    } catch {
      throw new ArkError("KubeconfigInvalid", `the header ${name} cannot be sent`, {
        hint: "Look for line breaks and other odd characters in the token or the names to impersonate.",
      });
    }
  }
  return headers;
}
