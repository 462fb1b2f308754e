import { execInContainer } from "../../src/cluster/kubernetes/exec.ts";
import type { ExecOptions } from "../../src/cluster/kubernetes/exec.ts";
import type { ExecOutcome, ExecRequest } from "../../src/cluster/cluster.ts";
import { directConnection } from "./direct-connection.ts";
import type { ExecFault, Fault } from "./fake-api-server/faults.ts";
import { isExecRequest } from "./fake-api-server/faults.ts";
import { startFakeApiServer } from "./fake-api-server/server.ts";
import type { FakeApiServer, FakeApiServerOptions } from "./fake-api-server/server.ts";

export type ExecRun = {
  readonly outcome: ExecOutcome;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly wasStarted: boolean;
};

export const quick: ExecOptions = { retryDelayMs: 1, closeGraceMs: 50, handshakeTimeoutMs: 2000 };

/** A server with the pod shop/db, whose containers are "main" and "sidecar". */
export async function startExecServer(options: FakeApiServerOptions = {}): Promise<FakeApiServer> {
  const server = await startFakeApiServer(options);
  const containers = [{ name: "main" }, { name: "sidecar" }];
  for (const [name, phase] of [
    ["db", "Running"],
    ["done", "Succeeded"],
  ] as const) {
    const metadata = { name, namespace: "shop" };
    server.put({
      apiVersion: "v1",
      kind: "Pod",
      metadata,
      spec: { containers },
      status: { phase },
    });
  }
  return server;
}

/** Runs a command in shop/db and gathers what comes; `request` changes any of it. */
export async function runExec(
  server: FakeApiServer,
  command: readonly string[],
  request: Partial<ExecRequest> = {},
  options: ExecOptions & { readonly signal?: AbortSignal } = {},
): Promise<ExecRun> {
  const stdout: Uint8Array[] = [];
  const stderr: Uint8Array[] = [];
  let wasStarted = false;
  const { signal = new AbortController().signal, ...execOptions } = options;
  const outcome = await execInContainer(
    {
      namespace: "shop",
      pod: "db",
      container: "main",
      command,
      onStdout: (chunk) => void stdout.push(chunk),
      onStderr: (chunk) => void stderr.push(chunk),
      onStarted: () => {
        wasStarted = true;
      },
      ...request,
    },
    directConnection(server.url, { caPem: server.caPem }),
    { ...quick, ...execOptions },
    signal,
  );
  return { outcome, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr), wasStarted };
}

/** Lets the next exec meet a fault. */
export function failNextExec(server: FakeApiServer, fault: Fault | ExecFault, times = 1): void {
  server.fault({ match: isExecRequest, fault, times });
}
