import { escapeControls, escapeLine } from "../print/escape.ts";

/** A word that may stand at the cursor. */
export type Candidate = { readonly word: string; readonly description?: string };

/** What the shell does with the words; cobra's numbers, which may be added up. */
export const DIRECTIVE = {
  none: 0,
  /** No space behind the word: it goes on. */
  noSpace: 2,
  /** No files instead, where there are no words. */
  noFiles: 4,
  /** The words are endings; the shell offers files that have one of them. */
  filesWithEnding: 8,
  directories: 16,
  /** Do not sort the words. */
  keepOrder: 32,
} as const;

export type Completion = {
  readonly candidates: readonly Candidate[];
  readonly directive: number;
};

export const NOTHING: Completion = { candidates: [], directive: DIRECTIVE.noFiles };

/** Words, and no files. */
export function wordsOf(words: Iterable<string | Candidate>, directive = 0): Completion {
  const candidates = [...words].map((word) => (typeof word === "string" ? { word } : word));
  return { candidates, directive: DIRECTIVE.noFiles | directive };
}

/**
 * Lines as cobra's `__complete` prints them: a word and its description with a tab between, and last a colon and the
 * directive. A word that could not be typed, or that would do something to the terminal, is left out.
 */
export function formatCompletion(
  { candidates, directive }: Completion,
  { withDescriptions }: { readonly withDescriptions: boolean },
): string {
  const lines = candidates
    .filter(({ word }) => word !== "" && escapeControls(word) === word && !/[\t\n]/.test(word))
    .map(({ word, description = "" }) =>
      withDescriptions && description !== "" ? `${word}\t${escapeLine(description)}` : word,
    );
  return [...lines, `:${directive}`].map((line) => `${line}\n`).join("");
}
