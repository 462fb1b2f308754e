import { connect, createServer, isIP, type Socket } from "node:net";
import { after } from "node:test";
import { kubectl } from "./cluster.ts";

/** A way to the API server that can be held up: requests wait, nothing is lost or looked into. */
export type HoldingProxy = {
  /** Connection flags that lead through the proxy. */
  readonly flags: readonly string[];
  /** Holds up every connection but the newest, and those that are still to come. */
  holdAllButNewest(): void;
  release(): void;
  /** Cuts a connection, as a load balancer does. @param age 1 for the newest, 2 for the one before, … */
  cut(age: number): void;
};

type Connection = { readonly client: Socket; readonly upstream: Socket };

export async function startHoldingProxy(): Promise<HoldingProxy> {
  const path = "jsonpath={.clusters[0].cluster.server}";
  const server = new URL(await kubectl(["config", "view", "--minify", "-o", path]));
  const connections: Connection[] = [];
  let isHolding = false;
  const proxy = createServer((client) => {
    const upstream = connect(Number(server.port || 443), server.hostname);
    client.on("error", () => upstream.destroy());
    upstream.on("error", () => client.destroy());
    upstream.pipe(client);
    if (!isHolding) client.pipe(upstream);
    connections.push({ client, upstream });
  });
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  proxy.listen(0, "127.0.0.1", resolve);
  await listening;
  after(() => {
    for (const { client } of connections) client.destroy();
    proxy.close();
  });
  const address = proxy.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  // An API server that is reached by address has a certificate for this one too, at least on a developer's machine.
  const serverName = isIP(server.hostname) ? [] : ["--tls-server-name", server.hostname];
  return {
    flags: ["-s", `https://127.0.0.1:${address.port}`, ...serverName],
    holdAllButNewest() {
      isHolding = true;
      for (const { client, upstream } of connections.slice(0, -1)) client.unpipe(upstream);
    },
    cut(age) {
      const connection = connections.at(-age);
      connection?.client.destroy();
      connection?.upstream.destroy();
    },
    release() {
      if (!isHolding) return;
      isHolding = false;
      for (const { client, upstream } of connections) client.unpipe(upstream).pipe(upstream);
    },
  };
}
