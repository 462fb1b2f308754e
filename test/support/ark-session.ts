import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "../../src/cli/program.ts";
import { capturedContext, type CapturedContextOptions } from "./captured-context.ts";
import type { FakeApiServerOptions } from "./fake-api-server/server.ts";
import { fakeServer } from "./fake-connection.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

export type ArkResult = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** A home directory with a kubeconfig for a fake API server, in which the program runs as it does in a process. */
export async function arkSession(options: FakeApiServerOptions = {}) {
  const home = temporaryDirectory();
  const server = await fakeServer(options);
  const kubeconfig = join(home, "kubeconfig");
  writeFileSync(kubeconfig, server.kubeconfig({ namespace: "shop" }));
  const env = { KUBECONFIG: kubeconfig, ARK_STORE: join(home, "store") };
  const runWith = async (
    changes: CapturedContextOptions,
    ...words: readonly string[]
  ): Promise<ArkResult> => {
    const context = capturedContext({ home, ...changes, env: { ...env, ...changes.env } });
    const code = await runProgram(words, context);
    return { code, stdout: context.output(), stderr: context.errors() };
  };
  return {
    home,
    server,
    store: env.ARK_STORE,
    runWith,
    run: (...words: readonly string[]) => runWith({}, ...words),
  };
}
