import { ArkError } from "../../lib/errors.ts";
import { isJsonRecord } from "./json-fields.ts";
import type { JsonRecord } from "./json-fields.ts";

/** Typed access to the fields of one YAML mapping. Null and "" count as absent, as in Go. */
export type KubeconfigFields = {
  readonly path: string;
  text(key: string): string | undefined;
  flag(key: string): boolean;
  bytes(key: string): Uint8Array | undefined;
  texts(key: string): readonly string[];
  fields(key: string): KubeconfigFields | undefined;
  list(key: string): readonly KubeconfigFields[];
  raw(key: string): unknown;
  keys(): readonly string[];
};

/**
 * @param path where the mapping stands, for messages: "users[0].user"
 * @throws ArkError KubeconfigInvalid from each reader when a field has the wrong type; values are never quoted, they may be secret
 */
export function kubeconfigFields(value: unknown, path: string): KubeconfigFields {
  const mapping = asMapping(value, path);
  const raw = (key: string): unknown => {
    const found = Object.hasOwn(mapping, key) ? mapping[key] : undefined;
    return found === null || found === "" ? undefined : found;
  };
  const at = (key: string): string => (path === "" ? key : `${path}.${key}`);
  const items = (key: string): readonly unknown[] => asList(raw(key), at(key));
  return {
    path,
    raw,
    keys: () => Object.keys(mapping),
    text: (key) => asText(raw(key), at(key)),
    flag: (key) => asFlag(raw(key), at(key)),
    bytes: (key) => asBytes(asText(raw(key), at(key)), at(key)),
    texts: (key) => items(key).map((item, index) => asText(item, `${at(key)}[${index}]`) ?? ""),
    fields: (key) => (raw(key) === undefined ? undefined : kubeconfigFields(raw(key), at(key))),
    list: (key) => items(key).map((item, index) => kubeconfigFields(item, `${at(key)}[${index}]`)),
  };
}

function asMapping(value: unknown, path: string): JsonRecord {
  if (value === undefined || value === null) return {};
  if (!isJsonRecord(value)) throw wrongType(path, "a mapping");
  return value;
}

function asList(value: unknown, path: string): readonly unknown[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw wrongType(path, "a list");
  return value;
}

function asText(value: unknown, path: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "string") throw wrongType(path, "a string (put it in quotes)");
  return value;
}

function asFlag(value: unknown, path: string): boolean {
  if (value === undefined) return false;
  if (typeof value === "boolean") return value;
  // YAML 1.1, which kubectl reads, has more words for the two.
  if (typeof value === "string" && /^(?:y|yes|on)$/i.test(value)) return true;
  if (typeof value === "string" && /^(?:n|no|off)$/i.test(value)) return false;
  throw wrongType(path, "true or false");
}

function asBytes(text: string | undefined, path: string): Uint8Array | undefined {
  if (text === undefined) return undefined;
  const compact = text.replaceAll(/[\r\n]/g, "");
  if (compact.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(compact)) {
    throw wrongType(path, "base64");
  }
  return Buffer.from(compact, "base64");
}

function wrongType(path: string, expected: string): ArkError {
  const subject = path === "" ? "the document" : path;
  return new ArkError("KubeconfigInvalid", `${subject} must be ${expected}`);
}
