import { shorten } from "./shorten.ts";

const MAX_LENGTH = 300;

/**
 * Text from outside (a path, a name) for a message: in double quotes, never longer than a few lines, and without
 * anything that could move a terminal's cursor or turn the direction of writing.
 */
export function quoted(text: string): string {
  return JSON.stringify(shorten(text, MAX_LENGTH)).replaceAll(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    escapeCharacter,
  );
}

function escapeCharacter(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
}
