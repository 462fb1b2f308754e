import { setTimeout as pause } from "node:timers/promises";
import type { TestNamespace } from "./cluster.ts";
import { aClaim, aPod, type ContainerSpec, hookAnnotations } from "./manifests.ts";

/** A pod with an ext4 of its own, and hooks that freeze it in the midst of a second or two. */
export function aFreezingPod(
  name: string,
  settings: Readonly<Record<string, string>> = {},
  container: ContainerSpec = {},
): unknown[] {
  const pre = ["sh", "-c", "sleep 0.7; fsfreeze --freeze /data && sleep 0.7"];
  const annotations = hookAnnotations({ pre, post: ["fsfreeze", "--unfreeze", "/data"], settings });
  const containers = [{ privileged: true, ...container }];
  return [
    aClaim(name),
    aPod(name, { claim: name, containers, annotations, labels: { app: name } }),
  ];
}

/**
 * Writes to the volume until that succeeds; a write to a frozen file system hangs.
 * @returns after how many milliseconds it did @throws when it takes half a minute
 */
export async function whenWritable(namespace: TestNamespace, pod: string): Promise<number> {
  const fromMs = performance.now();
  // A hanging write cannot be killed: it is left behind.
  const script = `{ echo probe > /data/probe && sync /data/probe; echo >/tmp/written; } >/dev/null 2>&1 &
    for try in $(seq 300); do [ ! -e /tmp/written ] || break; sleep 0.1; done; rm /tmp/written`;
  await namespace.exec(pod, "main", ["sh", "-c", script]);
  return performance.now() - fromMs;
}

/** Processes of guards in a container, as their command lines. */
export async function guardsIn(namespace: TestNamespace, pod: string): Promise<string[]> {
  // Without grep in a command line of its own that would find itself.
  const script = `for dir in /proc/[0-9]*; do
    [ "\${dir#/proc/}" != $$ ] || continue
    tr '\\0\\n' '  ' <$dir/cmdline 2>/dev/null && echo
  done`;
  const text = await namespace.exec(pod, "main", ["sh", "-c", script]);
  return text.split("\n").filter((line) => line.includes("kubectl-ark-guard"));
}

/** Waits until no guard is left. @returns those that are left after some seconds */
export async function guardsLeft(namespace: TestNamespace, pod: string): Promise<string[]> {
  for (let tries = 0; tries < 20 && (await guardsIn(namespace, pod)).length > 0; tries += 1) {
    await pause(250);
  }
  return guardsIn(namespace, pod);
}
