import { resolve } from "node:path";
import { ArkError } from "../../lib/errors.ts";
import type { ConnectionFlags } from "./connection-flags.ts";
import { anonymousUser, emptyCluster } from "./kubeconfig.ts";
import type { Kubeconfig, KubeconfigCluster, KubeconfigUser } from "./kubeconfig.ts";

/** One cluster and one user, with the flags already applied. Names are "" where flags alone describe them. */
export type SelectedContext = {
  readonly contextName: string;
  readonly clusterName: string;
  readonly userName: string;
  /** Absent when neither a flag nor the context names one. */
  readonly namespace: string | undefined;
  readonly cluster: KubeconfigCluster;
  readonly user: KubeconfigUser;
};

/**
 * Chooses the context, cluster and user and lays the flags over them, as client-go's ConfigOverrides.
 * @param workingDirectory what paths given as flags are relative to
 * @throws ArkError KubeconfigInvalid when a name is unknown, listing those there are
 */
export function selectContext(
  kubeconfig: Kubeconfig,
  flags: ConnectionFlags,
  workingDirectory: string,
): SelectedContext {
  const contextName = flags.context || kubeconfig.currentContext || "";
  const context = named(kubeconfig.contexts, contextName, {
    what: "context",
    origin: flags.context ? "--context" : "current-context",
  });
  const from = (flag: string): string => `context ${contextName || flag}`;
  const clusterName = flags.cluster || context?.cluster || "";
  const cluster = named(kubeconfig.clusters, clusterName, {
    what: "cluster",
    origin: flags.cluster ? "--cluster" : from("--cluster"),
  });
  const userName = flags.user || context?.user || "";
  const user = named(kubeconfig.users, userName, {
    what: "user",
    origin: flags.user ? "--user" : from("--user"),
  });
  return {
    contextName,
    clusterName,
    userName,
    namespace: flags.namespace || context?.namespace,
    cluster: overrideCluster(cluster ?? emptyCluster, flags, workingDirectory),
    user: overrideUser(user ?? anonymousUser, flags, workingDirectory),
  };
}

function named<T>(
  entries: ReadonlyMap<string, T>,
  name: string,
  from: { readonly what: string; readonly origin: string },
): T | undefined {
  const found = entries.get(name);
  if (found !== undefined || name === "") return found;
  const names = [...entries.keys()].toSorted();
  const listed = names.length === 0 ? "none" : names.slice(0, 30).join(", ");
  throw new ArkError(
    "KubeconfigInvalid",
    `the kubeconfig has no ${from.what} "${name}" (named by ${from.origin})`,
    { hint: `Choose one of the ${from.what}s there are: ${listed}.` },
  );
}

function overrideCluster(
  cluster: KubeconfigCluster,
  flags: ConnectionFlags,
  workingDirectory: string,
): KubeconfigCluster {
  const ca = flags.certificateAuthority;
  const trust =
    flags.insecureSkipTlsVerify || ca
      ? {
          insecureSkipTlsVerify: flags.insecureSkipTlsVerify ?? false,
          certificateAuthority: ca ? resolve(workingDirectory, ca) : undefined,
          certificateAuthorityData: undefined,
        }
      : {};
  // A server given as a flag is not the one that the kubeconfig's name was written for.
  const name = flags.tlsServerName || flags.server ? { tlsServerName: flags.tlsServerName } : {};
  return {
    ...cluster,
    ...trust,
    ...name,
    server: flags.server || cluster.server,
    disableCompression: flags.disableCompression || cluster.disableCompression,
  };
}

function overrideUser(
  user: KubeconfigUser,
  flags: ConnectionFlags,
  workingDirectory: string,
): KubeconfigUser {
  const path = (flag: string): string => resolve(workingDirectory, flag);
  return {
    ...user,
    ...(flags.clientCertificate && {
      clientCertificate: path(flags.clientCertificate),
      clientCertificateData: undefined,
    }),
    ...(flags.clientKey && { clientKey: path(flags.clientKey), clientKeyData: undefined }),
    ...(flags.token && { token: flags.token, tokenFile: undefined }),
    username: flags.username || user.username,
    password: flags.password || user.password,
    as: flags.as || user.as,
    asUid: flags.asUid || user.asUid,
    asGroups: flags.asGroup?.length ? flags.asGroup : user.asGroups,
    asUserExtra: flags.asUserExtra?.length ? extraOf(flags.asUserExtra) : user.asUserExtra,
  };
}

function extraOf(pairs: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const extra = new Map<string, readonly string[]>();
  for (const pair of pairs) {
    const end = pair.indexOf("=");
    if (end < 1) {
      throw new ArkError("Usage", `--as-user-extra "${pair}" is not of the form key=value`);
    }
    const key = pair.slice(0, end);
    extra.set(key, [...(extra.get(key) ?? []), pair.slice(end + 1)]);
  }
  return extra;
}
