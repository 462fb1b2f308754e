import { ArkError, messageOf } from "../../lib/errors.ts";
import { errorCodeOf } from "../../lib/error-code.ts";
import { isJsonRecord, textField } from "./json-fields.ts";

const neverSentCodes = ["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ARK_CONNECT_TIMEOUT"];
const unknownHostCodes = ["ENOTFOUND", "EAI_AGAIN"];
const cutCodes = ["ECONNRESET", "EPIPE", "ETIMEDOUT", "ECONNABORTED", "ARK_BODY_CUT"];
const untrustedCodes = [
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "CERT_SIGNATURE_FAILURE",
];

/** No connection came about: the server surely did not see the request. */
export function isNeverSent(error: ArkError): boolean {
  return neverSentCodes.includes(networkCode(error));
}

/** The server's name could not be resolved: nothing was sent either. */
export function isUnknownHost(error: ArkError): boolean {
  return unknownHostCodes.includes(networkCode(error));
}

/** The connection ended before the answer was complete: the server may have acted. */
export function isConnectionCut(error: ArkError): boolean {
  return cutCodes.includes(networkCode(error));
}

/** Gives an error that this adapter makes the code by which the questions above know it. */
export function markedCause(code: "ARK_CONNECT_TIMEOUT" | "ARK_BODY_CUT"): Error {
  return Object.assign(new Error(code), { code });
}

function networkCode(error: ArkError): string {
  return errorCodeOf(error.cause instanceof ArkError ? error.cause.cause : error.cause);
}

type Explanation = { readonly what: string; readonly hint: string };

/**
 * What a failed connection means to the person at the keyboard. Node's error stays as the cause.
 * @param server the server's base URL, without credentials
 * @returns ArkError ClusterUnreachable
 */
export function toNetworkError(error: unknown, server: URL): ArkError {
  const { what, hint } = explain(error, server);
  return new ArkError("ClusterUnreachable", `${server.origin}: ${what}`, { hint, cause: error });
}

function explain(error: unknown, server: URL): Explanation {
  const code = errorCodeOf(error);
  if (untrustedCodes.includes(code) || code.startsWith("CERT_")) return explainCertificate(code);
  if (code.startsWith("ERR_SSL_") || code === "EPROTO") return explainHandshake(error);
  if (cutCodes.includes(code)) {
    return {
      what: "the connection was closed before the answer was complete",
      hint: "Check the network, the VPN or a load balancer in between, and try again.",
    };
  }
  switch (code) {
    case "ECONNREFUSED":
      return {
        what: "connection refused",
        hint: "Check that the cluster is running and that the server in the kubeconfig is the right one.",
      };
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return {
        what: `the host name ${server.hostname} cannot be resolved`,
        hint: "Check the server in the kubeconfig, the network and the VPN.",
      };
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return { what: "no route to the server", hint: "Check the network and the VPN." };
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return {
        what: `the server's certificate is for another name (${namesOf(error)})`,
        hint: "Use a server name that the certificate has, or give it with --tls-server-name.",
      };
    default:
      return explainOther(code, error);
  }
}

function explainOther(code: string, error: unknown): Explanation {
  if (code.startsWith("HPE_")) {
    return {
      what: `the answer is not understandable as HTTP (${code})`,
      hint: "Check that the server in the kubeconfig is an API server, and its port.",
    };
  }
  const proxyStatus = /^the proxy answered (\d+)$/.exec(messageOf(error))?.[1];
  if (proxyStatus !== undefined) {
    return {
      what: `the proxy refused to connect (HTTP ${proxyStatus})`,
      hint:
        proxyStatus === "407"
          ? "Give the proxy's user name and password in its URL."
          : "Check proxy-url in the kubeconfig, HTTPS_PROXY and NO_PROXY.",
    };
  }
  return {
    what: messageOf(error) || code || "the connection failed",
    hint: "Check the server in the kubeconfig and the network.",
  };
}

function explainCertificate(code: string): Explanation {
  if (code === "CERT_HAS_EXPIRED") {
    return {
      what: "the server's certificate has expired",
      hint: "Renew the server's certificate, or check this machine's clock.",
    };
  }
  if (code === "CERT_NOT_YET_VALID") {
    return {
      what: "the server's certificate is not valid yet",
      hint: "Check this machine's clock.",
    };
  }
  return {
    what: `the server's certificate is signed by an authority that is not trusted (${code})`,
    hint: "Give the cluster's CA in the kubeconfig or with --certificate-authority.",
  };
}

function explainHandshake(error: unknown): Explanation {
  const code = errorCodeOf(error);
  // EPROTO carries OpenSSL's reason in its message only.
  const reason = `${code} ${messageOf(error)}`.toUpperCase().replaceAll("_", " ");
  if (/WRONG VERSION NUMBER|PACKET LENGTH TOO LONG/.test(reason)) {
    return {
      what: "the server does not speak TLS on this port",
      hint: "Check the port, or use http:// if the server is a plain-text proxy.",
    };
  }
  if (/CERTIFICATE|UNKNOWN CA|ACCESS DENIED/.test(reason)) {
    return {
      what: `the server refused the client certificate (${code})`,
      hint: "Check that the client certificate is valid for this cluster and has not expired.",
    };
  }
  return {
    what: `the TLS handshake failed (${code})`,
    hint: "Check the server in the kubeconfig and what stands in between.",
  };
}

function namesOf(error: unknown): string {
  const cert = isJsonRecord(error) ? error["cert"] : undefined;
  const names = isJsonRecord(cert) ? textField(cert, "subjectaltname") : undefined;
  return names === undefined ? "it has no names" : names.slice(0, 500);
}
