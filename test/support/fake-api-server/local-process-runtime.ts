import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { ContainerError, executableNotFound } from "./container-runtime.ts";
import type { ContainerExec, ContainerRuntime } from "./container-runtime.ts";

/**
 * Runs the commands for real, as processes of this machine in `directory`, with POD, NAMESPACE and CONTAINER in their
 * environment. For shell scripts that no simulation would run faithfully; POSIX only. As in Kubernetes, a process
 * outlives its client. `environment` replaces the inherited one (put fakes of tools first in PATH).
 */
export function localProcessRuntime(
  directory: string,
  environment: NodeJS.ProcessEnv = process.env,
): ContainerRuntime {
  return async (exec) => {
    const [program = "", ...args] = exec.command;
    const child = spawn(program, args, {
      cwd: directory,
      env: {
        ...environment,
        NAMESPACE: exec.namespace,
        POD: exec.pod,
        CONTAINER: exec.container,
      },
    });
    try {
      await once(child, "spawn");
    } catch (error) {
      throw toContainerError(error, program);
    }
    return communicate(exec, child);
  };
}

async function communicate(
  exec: ContainerExec,
  child: ChildProcessWithoutNullStreams,
): Promise<number> {
  const exited = new Promise<number>((resolve) => {
    child.once("exit", (code) => resolve(code ?? 137));
  });
  child.stdin.on("error", () => {});
  void feed(exec, child);
  const copied = Promise.all([
    copy(child.stdout, exec.stdout),
    copy(child.stderr, exec.stderr),
  ]).catch(() => {});
  const exitCode = await exited;
  await copied;
  return exitCode;
}

async function feed(exec: ContainerExec, child: ChildProcessWithoutNullStreams): Promise<void> {
  for await (const chunk of exec.stdin) {
    if (!child.stdin.writable) return;
    if (!child.stdin.write(chunk))
      await Promise.race([once(child.stdin, "drain"), once(child, "exit")]);
  }
  child.stdin.end();
}

async function copy(
  from: AsyncIterable<Uint8Array>,
  to: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  for await (const chunk of from) await to(chunk);
}

function toContainerError(error: unknown, program: string): ContainerError {
  if (error instanceof Error && "code" in error && error.code === "ENOENT")
    return executableNotFound(program);
  return new ContainerError(`exec failed: exec: "${program}": permission denied`);
}
