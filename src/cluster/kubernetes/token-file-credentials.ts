import { promises as fs } from "node:fs";
import { ArkError, messageOf } from "../../lib/errors.ts";
import { cachedCredentials } from "./cached-credentials.ts";
import type { ConnectionEnvironment } from "./connection-flags.ts";
import type { Credential, CredentialSource } from "./credentials.ts";

/** As client-go: a projected token is rotated well before it ends, so a minute is often enough. */
const rereadAfterMs = 60_000;

/**
 * A bearer token from a file that something else keeps fresh. Read again when older than a minute; when that fails,
 * the token read last stays in use, with a warning (as client-go).
 * @throws ArkError KubeconfigInvalid from `current` when the first reading fails
 */
export function tokenFileCredentials(
  file: string,
  environment: Pick<ConnectionEnvironment, "clock" | "warn">,
): CredentialSource {
  let last: Credential | undefined;
  const read = async (): Promise<Credential> => {
    try {
      const authorization = `Bearer ${await readToken(file)}`;
      if (last?.authorization !== authorization) last = { authorization };
    } catch (error) {
      if (last === undefined) throw error;
      environment.warn(`${messageOf(error)}; going on with the token read before`);
    }
    return last;
  };
  return cachedCredentials(async () => {
    const credential = await read();
    // The cache's own margin is taken off again, so that a token is kept for the whole minute.
    return { credential, expiresAtMs: environment.clock.now().getTime() + rereadAfterMs + 30_000 };
  }, environment.clock);
}

async function readToken(file: string): Promise<string> {
  let text: string;
  try {
    text = await fs.readFile(file, "utf8");
  } catch (error) {
    throw new ArkError(
      "KubeconfigInvalid",
      `cannot read the token file ${file}: ${messageOf(error)}`,
      { cause: error },
    );
  }
  const token = text.trim();
  if (token === "") throw new ArkError("KubeconfigInvalid", `the token file ${file} is empty`);
  return token;
}
