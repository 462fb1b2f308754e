import type { Clock } from "../../lib/clock.ts";

/** kubectl's connection flags by their kubectl names. Absent and "" both mean "not given". */
export type ConnectionFlags = {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly cluster?: string | undefined;
  readonly user?: string | undefined;
  readonly namespace?: string | undefined;
  readonly server?: string | undefined;
  readonly token?: string | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly as?: string | undefined;
  readonly asGroup?: readonly string[] | undefined;
  readonly asUid?: string | undefined;
  /** `key=value`, repeatable with the same key. */
  readonly asUserExtra?: readonly string[] | undefined;
  readonly certificateAuthority?: string | undefined;
  readonly clientCertificate?: string | undefined;
  readonly clientKey?: string | undefined;
  readonly insecureSkipTlsVerify?: boolean | undefined;
  readonly tlsServerName?: string | undefined;
  /** "0" for none, a whole number of seconds, or a Go duration ("30s", "1m30s"). */
  readonly requestTimeout?: string | undefined;
  readonly disableCompression?: boolean | undefined;
};

/** What a connection needs of the process around it. */
export type ConnectionEnvironment = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDirectory: string;
  readonly workingDirectory: string;
  /** Whether stdin is a terminal, so that an exec plugin may ask its user. */
  readonly isTerminal: boolean;
  warn(message: string): void;
  readonly clock: Clock;
  /** Where a pod finds its service account. Default: as in every pod. */
  readonly serviceAccountDirectory?: string;
};
