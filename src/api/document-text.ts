import { CORE_SCHEMA, loadAll, mergeTag, YAMLException } from "js-yaml";
import { ArkError } from "../lib/errors.ts";

/** What an API server takes in one request: no document that Ark or Velero accepted is larger. */
const MAX_BYTES = 3 * 1024 * 1024;
/** Aliases may repeat a part of a document, but not blow it up. */
const MAX_NODES = 200_000;

/**
 * The documents of a YAML or JSON text, empty ones left out.
 * @param source names the text in messages: a path, "standard input"
 * @throws ArkError InvalidDocument when it is too large, not UTF-8, not YAML, or grows without bound through its aliases
 */
export function readDocuments(input: string | Uint8Array, source: string): unknown[] {
  if (input.length > MAX_BYTES) {
    throw invalid(source, `is larger than ${MAX_BYTES / 1024 / 1024} MiB`);
  }
  const text = typeof input === "string" ? input : decode(input, source);
  const documents = parseYaml(text.replace(/^\uFEFF/, ""), source).filter((d) => d !== null);
  if (countNodes(documents) > MAX_NODES) {
    throw invalid(source, `has more than ${MAX_NODES} values when its aliases are written out`);
  }
  return documents;
}

function decode(bytes: Uint8Array, source: string): string {
  const isUtf16 =
    (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  try {
    if (!isUtf16) return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw invalid(source, "is not UTF-8 text");
  }
  throw invalid(source, "is UTF-16 text: save it as UTF-8");
}

function parseYaml(text: string, source: string): unknown[] {
  try {
    return loadAll(text, { schema: CORE_SCHEMA.withTags(mergeTag) });
  } catch (cause) {
    if (!(cause instanceof YAMLException)) throw cause;
    const { mark, reason } = cause;
    const place = mark ? ` (line ${mark.line + 1}, column ${mark.column + 1})` : "";
    throw invalid(source, `is not valid YAML or JSON: ${reason}${place}`, cause);
  }
}

/** Infinity for a value that contains itself. Each shared part is walked once. */
function countNodes(root: unknown): number {
  const counts = new Map<object, number>();
  const count = (value: unknown): number => {
    if (typeof value !== "object" || value === null) return 1;
    const known = counts.get(value);
    if (known !== undefined) return known;
    counts.set(value, Infinity);
    let total = 1;
    for (const member of Object.values(value)) total += count(member);
    counts.set(value, total);
    return total;
  };
  return count(root);
}

function invalid(source: string, reason: string, cause?: unknown): ArkError {
  return new ArkError("InvalidDocument", `${source} ${reason}`, { cause });
}
