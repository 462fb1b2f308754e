import { ArkError } from "../../lib/errors.ts";
import { suggest } from "../../lib/suggest.ts";

const subcommands = [
  "create",
  "get",
  "list",
  "describe",
  "logs",
  "download",
  "delete",
  "verify",
  "diff",
];

/**
 * `backup NAME` takes a backup, so a mistyped subcommand would take one named "creat" or "lsit".
 * @param words the positional words as yargs leaves them: with `create` spelt out any name is meant
 * @throws ArkError Usage when the name is, or nearly is, a subcommand
 */
export function assertNotSubcommand(name: string | undefined, words: unknown): void {
  const isSpeltOut = Array.isArray(words) && words.includes("create");
  if (name === undefined || isSpeltOut) return;
  const [near] = suggest(name, subcommands);
  if (near === undefined) return;
  const command = near === "list" ? "get" : near;
  throw new ArkError("Usage", `"${name}" looks like a command; did you mean backup ${command}?`, {
    hint: `To take a backup of that name, use: kubectl ark backup create ${name}`,
  });
}
