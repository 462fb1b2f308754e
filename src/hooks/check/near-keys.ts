import { suggest } from "../../lib/suggest.ts";
import { KNOWN_KEYS } from "../key-sets.ts";
import type { Annotations } from "./rule.ts";

const SETTINGS = ["command", "container", "on-error", "timeout", "order"];
const SETTING_WORDS = [...SETTINGS, "onError", "onerror", "on_error", "cmd", "commands"];
// Restore hooks, and what Velero says of volumes, are no hooks of a backup.
const OTHERS = /hook[\w-]*\.restore\.|\/backup-volumes/;

/** An annotation that no backup reads, but that was likely meant as a hook's: a misspelt domain, prefix or setting. */
export function isNearHookKey(key: string): boolean {
  if (KNOWN_KEYS.has(key)) return false;
  const lower = key.toLowerCase();
  if (OTHERS.test(lower)) return false;
  const slash = lower.indexOf("/");
  const [domain, name] = [lower.slice(0, Math.max(slash, 0)), lower.slice(slash + 1)];
  if (/hooks?[._-]?back-?up/.test(slash < 0 ? lower : domain)) return true;
  if (/\b(velero|ark|heptio)\b/.test(domain) && /(^|[^a-z])(pre|post)?hook/.test(name)) return true;
  if (!/(hook|backup|velero|heptio|\bark\b)/.test(domain)) return false;
  const isNearSetting = suggest(name, SETTING_WORDS).length > 0;
  return isNearSetting && suggest(domain, DOMAINS).length > 0;
}

const DOMAINS: readonly string[] = [
  ...new Set([...KNOWN_KEYS].map((key) => key.slice(0, key.indexOf("/")))),
];

/** Whether the annotations say anything of hooks, rightly or not. */
export function mentionsAnyHook(annotations: Annotations): boolean {
  return Object.keys(annotations).some((key) => KNOWN_KEYS.has(key) || isNearHookKey(key));
}

/** The annotations that are hooks', rightly or not. */
export function hookAnnotations(annotations: Annotations): Annotations {
  return Object.fromEntries(
    Object.entries(annotations).filter(([key]) => KNOWN_KEYS.has(key) || isNearHookKey(key)),
  );
}

/** The key that was meant, as far as its parts tell; always one that a backup reads. */
export function likelyKey(key: string): string {
  const lower = key.toLowerCase();
  const family = lower.includes("velero") ? "hook.backup.velero.io" : "hook.backup.ark.heptio.com";
  const setting = likelySetting(lower);
  if (setting === "order") return `${family}/order`;
  const phase = /(^|[^a-z])(post|after)/.test(lower) ? "post" : "pre";
  return `${phase}.${family}/${setting}`;
}

function likelySetting(key: string): string {
  const name = key.slice(key.indexOf("/") + 1).replace(/^(pre|post)?[-._]?hooks?[-._]?/, "");
  const [nearest = "command"] = suggest(name, SETTING_WORDS);
  if (/^on.?error$/i.test(nearest)) return "on-error";
  return SETTINGS.includes(nearest) ? nearest : "command";
}
