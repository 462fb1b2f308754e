/** Reading of untyped answers: what is absent or of another type becomes undefined or empty. */

export type JsonRecord = { readonly [key: string]: unknown };

export function isJsonRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** undefined also for "". */
export function textField(record: JsonRecord, key: string): string | undefined {
  const value = record[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function recordField(record: JsonRecord, key: string): JsonRecord {
  const value = record[key];
  return isJsonRecord(value) ? value : {};
}

/** The records of a list; entries of other types are left out. */
export function recordsField(record: JsonRecord, key: string): readonly JsonRecord[] {
  const value = record[key];
  return Array.isArray(value) ? value.filter(isJsonRecord) : [];
}

export function textsField(record: JsonRecord, key: string): readonly string[] {
  const value = record[key];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}

/** undefined when the bytes are not a JSON object. */
export function parseJsonRecord(body: Uint8Array): JsonRecord | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(body).toString());
    return isJsonRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
