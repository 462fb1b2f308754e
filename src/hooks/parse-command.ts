import { shorten } from "../lib/shorten.ts";

/** A command as the container gets it, and a remark when that is likely not what was meant. */
export type ParsedCommand = { readonly argv: readonly string[]; readonly warning?: string };

/**
 * Reads a hook's command annotation exactly as Ark 0.8.1: a value that starts with "[" and is a JSON array of strings is
 * an argv; anything else, broken JSON too, is the name of one program as it stands. Nothing is split, no shell is involved.
 */
export function parseHookCommand(value: string): ParsedCommand {
  const literal = [value];
  if (value.startsWith("[")) {
    const argv = parseArgv(value);
    if (argv) return { argv };
    return {
      argv: literal,
      warning: `command ${quote(value)} is no JSON array of texts: it is taken as one word`,
    };
  }
  if (!/\s/.test(value)) return { argv: literal };
  return {
    argv: literal,
    warning: `command ${quote(value)} is one word, spaces included: it is not split; write a JSON array`,
  };
}

function parseArgv(value: string): string[] | undefined {
  const parsed = parseJson(value);
  if (!Array.isArray(parsed)) return undefined;
  const argv: string[] = [];
  for (const word of parsed as readonly unknown[]) {
    // Go decodes null into an empty text, and half a surrogate pair into U+FFFD.
    if (word === null) argv.push("");
    else if (typeof word === "string") argv.push(word.toWellFormed());
    else return undefined;
  }
  return argv;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function quote(value: string): string {
  return JSON.stringify(shorten(value));
}
