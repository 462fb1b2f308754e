import * as z from "zod";
import { ArkError } from "../lib/errors.ts";
import { readDocuments } from "./document-text.ts";
import { describeIssue, formatPath, strictFields } from "./fields.ts";

const configSchema = strictFields({
  /** Where backups are kept when neither --store nor $ARK_STORE says so. */
  store: z.string().min(1, { error: "is empty" }).optional(),
});

/** `~/.config/kubectl-ark/config.yaml` */
export type Config = z.infer<typeof configSchema>;

/**
 * Reads the user's configuration; an empty file is an empty configuration.
 * @param source names the file in messages
 * @throws ArkError InvalidDocument with the path and reason of everything that is wrong
 */
export function parseConfig(input: string | Uint8Array, source: string): Config {
  const [document = {}] = readDocuments(input, source);
  const parsed = configSchema.safeParse(document, { error: describeIssue, reportInput: true });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${formatPath(path)}: ${message}`,
  );
  throw new ArkError("InvalidDocument", `${source} is not valid:\n  ${problems.join("\n  ")}`, {
    hint: "It may hold one field: store.",
  });
}
