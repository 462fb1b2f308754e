import { ArkError } from "../../lib/errors.ts";
import { checkSelection } from "./check-selection.ts";
import { chooseCredentials } from "./choose-credentials.ts";
import type { ConnectionEnvironment, ConnectionFlags } from "./connection-flags.ts";
import type { Connection } from "./connection.ts";
import { environmentProxy } from "./environment-proxy.ts";
import { defaultTimeouts } from "./http-timeouts.ts";
import { inClusterKubeconfig } from "./in-cluster.ts";
import { loadKubeconfig } from "./load-kubeconfig.ts";
import { openConnection } from "./open-connection.ts";
import { parseRequestTimeout } from "./request-timeout.ts";
import { selectContext } from "./select-context.ts";
import type { SelectedContext } from "./select-context.ts";
import { createServerAgents } from "./server-agents.ts";
import { parseServerUrl } from "./server-url.ts";
import { readServerTrust } from "./tls-material.ts";

/**
 * Finds out where to connect and as whom, by kubectl's rules; nothing is sent yet. The connection's `send` renews
 * credentials once after a 401 where that can help; it does not retry.
 * @throws ArkError KubeconfigInvalid, Usage (a malformed flag)
 */
export async function connect(
  flags: ConnectionFlags,
  environment: ConnectionEnvironment,
): Promise<Connection> {
  const timeouts = { ...defaultTimeouts, requestMs: parseRequestTimeout(flags.requestTimeout) };
  const selection = await selectConnection(flags, environment);
  checkSelection(selection);
  const server = parseServerUrl(selection.cluster.server ?? "");
  const trust = await readServerTrust(selection);
  const credentials = await chooseCredentials(selection, server, { trust, environment });
  const agents = await createServerAgents({
    server,
    trust,
    proxy: proxyOf(selection, server, environment),
  });
  const tools = { clock: environment.clock, timeouts };
  return openConnection({ selection, server, credentials, agents, tools });
}

/**
 * The kubeconfig's context; without any configuration the pod's service account, as client-go.
 * @throws ArkError KubeconfigInvalid
 */
export async function selectConnection(
  flags: ConnectionFlags,
  environment: ConnectionEnvironment,
): Promise<SelectedContext> {
  const { workingDirectory } = environment;
  const kubeconfig = await loadKubeconfig(flags.kubeconfig, environment);
  const selection = selectContext(kubeconfig, flags, workingDirectory);
  if (selection.cluster.server !== undefined || selection.clusterName !== "") return selection;
  const inCluster = await inClusterKubeconfig(environment);
  if (inCluster !== undefined) return selectContext(inCluster, flags, workingDirectory);
  throw noCluster(selection.contextName, [...kubeconfig.contexts.keys()].toSorted());
}

function noCluster(contextName: string, contexts: readonly string[]): ArkError {
  if (contextName !== "") {
    return new ArkError("KubeconfigInvalid", `the context ${contextName} names no cluster`, {
      hint: "Correct the context, or give a cluster with --cluster or --server.",
    });
  }
  return contexts.length === 0
    ? new ArkError("KubeconfigInvalid", "there is no kubeconfig to connect with", {
        hint: "Give one with --kubeconfig or KUBECONFIG, or put it at ~/.kube/config.",
      })
    : new ArkError("KubeconfigInvalid", "the kubeconfig has no current context", {
        hint: `Choose one with --context: ${contexts.slice(0, 30).join(", ")}.`,
      });
}

function proxyOf(
  { cluster }: SelectedContext,
  server: URL,
  environment: ConnectionEnvironment,
): URL | undefined {
  return cluster.proxyUrl === undefined
    ? environmentProxy(server, environment.env)
    : new URL(cluster.proxyUrl);
}
