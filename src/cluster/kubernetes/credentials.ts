/** What one request presents. Compared by identity: a renewed credential is a new object. */
export type Credential = {
  /** Value of the Authorization header. */
  readonly authorization?: string | undefined;
  /** PEM; presented in the TLS handshake. */
  readonly clientCertificate?: ClientCertificate | undefined;
};

export type ClientCertificate = { readonly cert: string; readonly key: string };

/** PORT inside the adapter: where credentials come from. */
export type CredentialSource = {
  /** Whether a renewal after a 401 can help. */
  readonly renewable: boolean;
  /** @throws ArkError KubeconfigInvalid; Cancelled or the signal's own ArkError as soon as it aborts */
  current(signal: AbortSignal): Promise<Credential>;
  /** Drops what is cached, so that the next call of `current` fetches anew. */
  renew(): void;
  /** Ends whatever still runs. */
  close(): void;
};

export function fixedCredentials(credential: Credential): CredentialSource {
  return {
    renewable: false,
    current: () => Promise.resolve(credential),
    renew: () => {},
    close: () => {},
  };
}

export function basicAuthorization(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`;
}
