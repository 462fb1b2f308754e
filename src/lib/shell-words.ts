/** Why a text is not plain words: only a shell can make sense of it, or not even that. */
export type ShellWordsProblem = {
  readonly kind: "needs shell" | "malformed";
  /** For people: `"&&" outside quotes`. */
  readonly message: string;
};

export type ShellWords =
  | { readonly words: readonly string[]; readonly problem?: undefined }
  | { readonly words?: undefined; readonly problem: ShellWordsProblem };

/**
 * Splits a text into words as a POSIX shell does: quotes, escapes, blanks. What a shell would do beyond that (pipes, lists,
 * redirections, expansions, patterns with `*`, comments, assignments in front) is a problem, because no shell comes after us.
 */
export function splitShellWords(text: string): ShellWords {
  return new WordReader(text.trim()).readAll();
}

/** A blank, a quoted part, an escaped character, or one that stands for itself unless it is an operator. */
const PIECE = /([ \t]+)|'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])|([|&;<>()]+|[^])/g;
const EXPANSION = String.raw`\$(?=[\w{(@*#?$!-])`;
const IN_DOUBLE_QUOTES = new RegExp(String.raw`\\([$\`"\\\n])|${EXPANSION}|\``, "g");

class WordReader {
  readonly #text: string;
  readonly #words: string[] = [];
  #word: string | undefined;
  #problem: ShellWordsProblem | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  readAll(): ShellWords {
    for (const piece of this.#text.matchAll(PIECE)) {
      if (this.#problem === undefined) this.#read(piece);
    }
    this.#endWord();
    if (this.#problem === undefined && /^[A-Za-z_]\w*=/.test(this.#words[0] ?? "")) {
      this.#needsShell(`the assignment "${this.#words[0]}" in front of the command`);
    }
    return this.#problem ? { problem: this.#problem } : { words: this.#words };
  }

  #read([, blank, single, double, escaped, other = ""]: RegExpMatchArray): void {
    if (blank !== undefined) this.#endWord();
    else if (single !== undefined) this.#add(single);
    else if (double !== undefined) this.#add(this.#unescape(double));
    // An escaped line break joins the lines.
    else if (escaped !== undefined) this.#add(escaped === "\n" ? undefined : escaped);
    else this.#readPlain(other);
  }

  #readPlain(text: string): void {
    if (text === "'" || text === '"') this.#malformed(`a quote (${text}) is not closed`);
    else if (text === "\\") this.#malformed("it ends in a backslash");
    else if (text === "\n" || text === "\r") this.#needsShell("a line break outside quotes");
    else if (/^[|&;<>()$`*]/.test(text)) this.#needsShell(`"${text}" outside quotes`);
    else if (this.#word === undefined && /[#~]/.test(text)) {
      this.#needsShell(`"${text}" at the start of a word`);
    } else this.#add(text);
  }

  #unescape(quoted: string): string {
    return quoted.replace(IN_DOUBLE_QUOTES, (match, escaped: string | undefined) => {
      if (escaped === undefined) this.#needsShell(`"${match}" in double quotes`);
      return escaped === "\n" ? "" : (escaped ?? "");
    });
  }

  #add(text: string | undefined): void {
    if (text !== undefined) this.#word = (this.#word ?? "") + text;
  }

  #endWord(): void {
    if (this.#word !== undefined) this.#words.push(this.#word);
    this.#word = undefined;
  }

  #needsShell(message: string): void {
    this.#problem ??= { kind: "needs shell", message };
  }

  #malformed(message: string): void {
    this.#problem ??= { kind: "malformed", message };
  }
}
