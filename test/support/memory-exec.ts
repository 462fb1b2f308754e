import { messageOf } from "../../src/lib/errors.ts";
import type { ContainerRuntime } from "./fake-api-server/container-runtime.ts";
import type { ExecHandler } from "./memory-cluster.ts";

/** Lets a MemoryCluster's containers do what those of the fake API server do. */
export function execIn(runtime: ContainerRuntime): ExecHandler {
  return async (request, signal) => {
    const { namespace, pod, container, command, stdin = noBytes() } = request;
    const target = { namespace, pod, container, command };
    try {
      const exitCode = await runtime({
        ...target,
        stdin,
        stdout: async (chunk) => request.onStdout?.(bytes(chunk)),
        stderr: async (chunk) => request.onStderr?.(bytes(chunk)),
        signal,
      });
      return { kind: "exited", exitCode };
    } catch (error) {
      return { kind: "failed", message: messageOf(error) };
    }
  };
}

function bytes(chunk: Uint8Array | string): Uint8Array {
  return typeof chunk === "string" ? Buffer.from(chunk) : chunk;
}

async function* noBytes(): AsyncGenerator<Uint8Array> {}
