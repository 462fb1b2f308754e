import { shorten } from "./shorten.ts";

/** Kubernetes' rules for names and labels, with the reason in words a person can act on. */

const NAME_MAX = 63;
const SUBDOMAIN_MAX = 253;
const DNS_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** Why `key` is not a label or annotation key ("app", "example.com/app"); undefined when it is one. */
export function labelKeyError(key: string): string | undefined {
  const slash = key.indexOf("/");
  const prefix = key.slice(0, Math.max(slash, 0));
  const name = key.slice(slash + 1);
  if (slash >= 0 && dnsSubdomainError(prefix) !== undefined) {
    return `"${shorten(key)}" is not a label key: the part before the / must be a DNS name`;
  }
  if (name === "") return `"${shorten(key)}" is not a label key: its name is empty`;
  const error = labelWordError(name);
  return error === undefined ? undefined : `"${shorten(key)}" is not a label key: ${error}`;
}

/** Why `value` is not a label value; undefined when it is one. "" is. */
export function labelValueError(value: string): string | undefined {
  const error = value === "" ? undefined : labelWordError(value);
  return error === undefined ? undefined : `"${shorten(value)}" is not a label value: ${error}`;
}

/** Why `name` is not a DNS-1123 subdomain, as names of most Kubernetes objects must be; undefined when it is one. */
export function dnsSubdomainError(name: string): string | undefined {
  if (name.length > SUBDOMAIN_MAX) return `it is longer than ${SUBDOMAIN_MAX} characters`;
  if (name.split(".").every((part) => DNS_LABEL.test(part))) return undefined;
  return "use lower-case letters, digits, '-' and '.', with a letter or digit at both ends";
}

function labelWordError(word: string): string | undefined {
  if (word.length > NAME_MAX) return `it is longer than ${NAME_MAX} characters`;
  if (/^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(word)) return undefined;
  return "use letters, digits, '-', '_' and '.', with a letter or digit at both ends";
}
