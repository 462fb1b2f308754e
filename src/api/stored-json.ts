import * as z from "zod";
import { ArkError } from "../lib/errors.ts";

/**
 * Reads a JSON file of a stored backup.
 * @param file its name, for messages
 * @throws ArkError ArchiveCorrupt with the path of what is wrong
 */
export function parseStoredJson<Schema extends z.ZodType>(
  schema: Schema,
  text: string,
  file: string,
): z.infer<Schema> {
  const result = schema.safeParse(parseJson(text, file));
  if (result.success) return result.data;
  const reason = z.prettifyError(result.error);
  throw new ArkError("ArchiveCorrupt", `${file} is not as expected:\n${reason}`);
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ArkError("ArchiveCorrupt", `${file} is not valid JSON`, { cause });
  }
}
