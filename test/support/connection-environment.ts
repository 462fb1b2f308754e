import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ConnectionEnvironment } from "../../src/cluster/kubernetes/connection-flags.ts";
import type { ApiRequest } from "../../src/cluster/kubernetes/requests.ts";
import { FakeClock } from "./fake-clock.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** A person's machine: an empty home directory, no environment variables, no terminal. */
export type TestMachine = ConnectionEnvironment & {
  readonly directory: string;
  readonly clock: FakeClock;
  readonly warnings: readonly string[];
  /** Writes a file below the directory; objects as JSON, which is YAML. Returns its absolute path. */
  write(path: string, content: unknown): string;
};

export function testMachine(
  given: {
    readonly env?: Readonly<Record<string, string | undefined>>;
    readonly isTerminal?: boolean;
  } = {},
): TestMachine {
  const directory = temporaryDirectory();
  const warnings: string[] = [];
  return {
    env: given.env ?? {},
    isTerminal: given.isTerminal ?? false,
    homeDirectory: join(directory, "home"),
    workingDirectory: directory,
    serviceAccountDirectory: join(directory, "serviceaccount"),
    clock: new FakeClock(),
    warn: (message) => void warnings.push(message),
    directory,
    warnings,
    write(path, content) {
      const file = join(directory, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
      return file;
    },
  };
}

/** A kubeconfig with one context "c" of cluster "k" and user "u". */
export function kubeconfigOf(cluster: object, user: object = {}, context: object = {}): object {
  return {
    clusters: [{ name: "k", cluster }],
    users: [{ name: "u", user }],
    contexts: [{ name: "c", context: { cluster: "k", user: "u", ...context } }],
    "current-context": "c",
  };
}

export function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

export const getPods: ApiRequest = {
  method: "GET",
  path: "/api/v1/pods",
  purpose: "list pods",
};

export const neverAborted: AbortSignal = new AbortController().signal;
