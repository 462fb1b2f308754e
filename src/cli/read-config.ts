import { errorCodeOf } from "../lib/error-code.ts";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseConfig, type Config } from "../api/config.ts";
import { ArkError, messageOf } from "../lib/errors.ts";
import type { CliContext } from "./cli-context.ts";

/** The user's configuration; none is an empty one. @throws ArkError Usage, InvalidDocument */
export async function readConfig({ env, home }: Pick<CliContext, "env" | "home">): Promise<Config> {
  const directory = env["XDG_CONFIG_HOME"] || join(home, ".config");
  const path = join(directory, "kubectl-ark", "config.yaml");
  try {
    return parseConfig(await readFile(path), path);
  } catch (error) {
    if (error instanceof ArkError) throw error;
    if (errorCodeOf(error) === "ENOENT") return {};
    throw new ArkError("Usage", `cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}
