import { escapeLine } from "../escape.ts";

/**
 * Text of which every character takes one column of a terminal, in every terminal: letters of Latin, Greek and
 * Cyrillic, and usual punctuation. Others, such as wide or combining ones, are shown as \u{…}.
 */
export function plainText(text: string, { isAscii }: { readonly isAscii: boolean }): string {
  const odd = isAscii
    ? /[^\u0020-\u007e]/gu
    : /[^\u0020-\u007e\u00a1-\u00ac\u00ae-\u02af\u0391-\u03c9\u0400-\u0482\u048a-\u052f\u2010-\u2015\u2018-\u201f\u2026\u2190-\u2193]/gu;
  return escapeLine(text).replace(odd, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
}

/** Cut in the middle to at most `width` characters: both ends of a name tell something. */
export function shortenMiddle(text: string, width: number, ellipsis: string): string {
  if (text.length <= width) return text;
  const kept = Math.max(0, width - ellipsis.length);
  const head = Math.ceil(kept / 2);
  return `${text.slice(0, head)}${ellipsis}${text.slice(text.length - (kept - head))}`.slice(
    0,
    width,
  );
}

/** Lines of at most `width` characters, broken at spaces, or within a word that is longer. `indent` is added to all but the first. */
export function wrapText(text: string, width: number, indent = ""): string[] {
  const lines: string[] = [];
  let line = /^ */.exec(text)?.[0] ?? "";
  for (const word of text
    .trimStart()
    .split(" ")
    .flatMap((one) => piecesOf(one, width - indent.length))) {
    const longer = line.trim() === "" ? `${line}${word}` : `${line} ${word}`;
    if (longer.length <= width) line = longer;
    else {
      lines.push(line);
      line = `${indent}${word}`;
    }
  }
  return [...lines, line];
}

function piecesOf(word: string, size: number): string[] {
  const count = Math.max(1, Math.ceil(word.length / size));
  return Array.from({ length: count }, (_, index) => word.slice(index * size, (index + 1) * size));
}
