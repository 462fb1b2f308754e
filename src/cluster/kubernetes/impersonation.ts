import type { KubeconfigUser } from "./kubeconfig.ts";

export type HeaderValues = Record<string, string | string[]>;

/** Impersonation headers as client-go sends them: one line for each group and each value of an extra. */
export function impersonationHeaders(user: KubeconfigUser): HeaderValues {
  if (user.as === undefined) return {};
  const headers: HeaderValues = { "Impersonate-User": asBytes(user.as) };
  if (user.asUid !== undefined) headers["Impersonate-Uid"] = asBytes(user.asUid);
  if (user.asGroups.length > 0) headers["Impersonate-Group"] = user.asGroups.map(asBytes);
  for (const [key, values] of user.asUserExtra) {
    headers[`Impersonate-Extra-${escapeKey(key)}`] = values.map(asBytes);
  }
  return headers;
}

/** Percent-encodes what may not stand in a header name, and "%" itself, byte for byte. */
function escapeKey(key: string): string {
  return Array.from(Buffer.from(key, "utf8"), (byte) => {
    const char = String.fromCharCode(byte);
    return /[!#$&'*+\-.0-9A-Z^_`a-z|~]/.test(char)
      ? char
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }).join("");
}

/** Go sends a header's UTF-8 bytes as they are; Node takes one character for each byte. */
function asBytes(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
