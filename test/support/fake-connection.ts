import { after } from "node:test";
import { connect } from "../../src/cluster/kubernetes/connect.ts";
import type { ConnectionFlags } from "../../src/cluster/kubernetes/connection-flags.ts";
import type { Connection } from "../../src/cluster/kubernetes/connection.ts";
import { testMachine } from "./connection-environment.ts";
import type { TestMachine } from "./connection-environment.ts";
import type { KubeconfigOptions } from "./fake-api-server/kubeconfig.ts";
import { startFakeApiServer } from "./fake-api-server/server.ts";
import type { FakeApiServer, FakeApiServerOptions } from "./fake-api-server/server.ts";

/** A fake API server that is closed when the tests of the file are over. */
export async function fakeServer(options: FakeApiServerOptions = {}): Promise<FakeApiServer> {
  const server = await startFakeApiServer(options);
  after(() => server.close());
  return server;
}

/** `connect` with a kubeconfig (a document, or its text) in the home directory; closed after the tests. */
export async function connectWith(
  kubeconfig: object | string | undefined,
  flags: ConnectionFlags = {},
  machine: TestMachine = testMachine(),
): Promise<Connection> {
  if (kubeconfig !== undefined) machine.write("home/.kube/config", kubeconfig);
  const connection = await connect(flags, machine);
  after(() => connection.close());
  return connection;
}

/** `connect` with a kubeconfig for the fake server. */
export function connectTo(
  server: FakeApiServer,
  flags: ConnectionFlags = {},
  options: KubeconfigOptions = {},
): Promise<Connection> {
  return connectWith(server.kubeconfig(options), flags);
}
