/** The adapter's one-method port to HTTP. Retries, renewal of credentials and recording are decorators of SendRequest. */

export type ApiRequest = {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Absolute path below the server's base URL, already percent-encoded: "/api/v1/namespaces/a/pods". */
  readonly path: string;
  readonly query?: readonly (readonly [key: string, value: string])[];
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** What is asked of whom, for messages: "list pods in namespace shop". */
  readonly purpose: string;
  /** Ask for gzip. The body that comes back is always decompressed. */
  readonly gzip?: boolean;
};

export type ApiResponse = {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  /** Bytes of the body on the wire, and the time from the first to the last of them. */
  readonly transfer: { readonly wireBytes: number; readonly bodyMs: number };
};

/**
 * Sends one request and resolves with whatever the server answered, 4xx and 5xx included.
 * @throws ArkError ClusterUnreachable (no connection, reset, body cut short), Timeout, KubeconfigInvalid (credentials), Cancelled
 */
export type SendRequest = (request: ApiRequest, signal: AbortSignal) => Promise<ApiResponse>;
