import { execFile } from "node:child_process";
import { isSea } from "node:sea";
import type { CliContext } from "../cli-context.ts";
import { findProgram } from "../completion/search-path.ts";
import { toolVersion } from "../tool-version.ts";

export type Programs = {
  readonly ark: string;
  /** "26.10.0" */
  readonly node: string;
  /** Whether Node is part of the executable. */
  readonly isExecutable: boolean;
  /** The first kubectl on PATH; `version` is undefined when it does not say. */
  readonly kubectl: { readonly path: string; readonly version: string | undefined } | undefined;
};

const ANSWER_MS = 5000;

/** Asks the kubectl on PATH for its version, without any cluster. Never throws. */
export async function findPrograms(
  { env }: Pick<CliContext, "env">,
  signal: AbortSignal,
): Promise<Programs> {
  const name = process.platform === "win32" ? "kubectl.exe" : "kubectl";
  const path = await findProgram(name, env);
  return {
    ark: toolVersion,
    node: process.versions.node,
    isExecutable: isSea(),
    kubectl: path === undefined ? undefined : { path, version: await versionOf(path, env, signal) },
  };
}

function versionOf(
  path: string,
  env: CliContext["env"],
  signal: AbortSignal,
): Promise<string | undefined> {
  const words = ["version", "--client", "-o", "json"];
  return new Promise((resolve) => {
    const options = { env, signal, timeout: ANSWER_MS };
    execFile(path, words, options, (error, stdout) => {
      resolve(error ? undefined : /"gitVersion":\s*"([^"]{1,50})"/.exec(stdout)?.[1]);
    });
  });
}
