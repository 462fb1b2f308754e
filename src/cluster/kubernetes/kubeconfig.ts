/** A kubeconfig as client-go reads it. Paths are absolute, resolved against the file they stand in. */
export type Kubeconfig = {
  readonly currentContext: string | undefined;
  readonly clusters: ReadonlyMap<string, KubeconfigCluster>;
  readonly users: ReadonlyMap<string, KubeconfigUser>;
  readonly contexts: ReadonlyMap<string, KubeconfigContext>;
};

export type KubeconfigCluster = {
  readonly server?: string | undefined;
  readonly tlsServerName?: string | undefined;
  readonly insecureSkipTlsVerify: boolean;
  readonly certificateAuthority?: string | undefined;
  readonly certificateAuthorityData?: Uint8Array | undefined;
  readonly proxyUrl?: string | undefined;
  readonly disableCompression: boolean;
  /** The extension `client.authentication.k8s.io/exec`, handed to exec plugins that ask for the cluster. */
  readonly execConfig?: unknown;
};

export type KubeconfigUser = {
  readonly clientCertificate?: string | undefined;
  readonly clientCertificateData?: Uint8Array | undefined;
  readonly clientKey?: string | undefined;
  readonly clientKeyData?: Uint8Array | undefined;
  readonly token?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly as?: string | undefined;
  readonly asUid?: string | undefined;
  readonly asGroups: readonly string[];
  readonly asUserExtra: ReadonlyMap<string, readonly string[]>;
  readonly authProvider?: AuthProvider | undefined;
  readonly exec?: ExecPlugin | undefined;
};

export type KubeconfigContext = {
  readonly cluster?: string | undefined;
  readonly user?: string | undefined;
  readonly namespace?: string | undefined;
};

export type AuthProvider = {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
};

export type ExecPlugin = {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly apiVersion: string;
  readonly installHint?: string | undefined;
  readonly provideClusterInfo: boolean;
  /** "" when the kubeconfig names none. */
  readonly interactiveMode: string;
};

export const emptyCluster: KubeconfigCluster = {
  insecureSkipTlsVerify: false,
  disableCompression: false,
};

export const anonymousUser: KubeconfigUser = { asGroups: [], asUserExtra: new Map() };
