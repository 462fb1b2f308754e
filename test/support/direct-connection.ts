import { Agent as HttpAgent } from "node:http";
import { Agent } from "node:https";
import type { Connection } from "../../src/cluster/kubernetes/connection.ts";
import { adminKeyPair } from "./fake-api-server/certificates.ts";

export type DirectConnectionOptions = {
  /** The CA to trust. */
  readonly caPem: string;
  /** Read at each call. */
  readonly headers?: () => Readonly<Record<string, string | readonly string[]>>;
  readonly onRenew?: () => void;
};

type ExecConnection = Pick<Connection, "openTarget" | "renewCredentials">;

/** A connection to one server without a kubeconfig, as the administrator: only what exec needs. */
export function directConnection(url: string, options: DirectConnectionOptions): ExecConnection {
  const agent = url.startsWith("https:")
    ? new Agent({ ca: options.caPem, ...adminKeyPair })
    : plainAgent();
  return {
    openTarget: (path, query) => {
      const text = new URLSearchParams(query.map(([name, value]) => [name, value])).toString();
      return Promise.resolve({
        url: `${url.replace(/^http/, "ws")}${path}?${text}`,
        headers: options.headers?.() ?? {},
        agent,
      });
    },
    renewCredentials: () => options.onRenew?.(),
  };
}

/** The port names the kind of agent that nearly every server needs; requests take either. */
function plainAgent(): Agent {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see above
  return new HttpAgent() as Agent;
}
