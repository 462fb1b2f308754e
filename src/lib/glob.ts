type Range = readonly [from: string, to: string];
type Token =
  | { readonly kind: "literal"; readonly char: string }
  | { readonly kind: "any" }
  | { readonly kind: "class"; readonly negated: boolean; readonly ranges: readonly Range[] }
  | { readonly kind: "star" };

export type Glob = (text: string) => boolean;

/** Whether a filter entry is a pattern and not a plain name. */
export function isGlob(text: string): boolean {
  return /[*?[]/.test(text);
}

/**
 * A matcher for whole names: `*` any run of characters, `?` one character, `[a-z]` or `[!a-z]` one of a class (as Velero).
 * A pattern that `globError` refuses matches nothing. Takes at most pattern length × text length steps.
 */
export function compileGlob(pattern: string): Glob {
  const tokens = tokenize(pattern);
  if (typeof tokens === "string") return () => false;
  return (text) => matchTokens(tokens, text);
}

/** Why `pattern` is not a pattern; undefined when it is one. */
export function globError(pattern: string): string | undefined {
  const tokens = tokenize(pattern);
  return typeof tokens === "string" ? tokens : undefined;
}

function tokenize(pattern: string): readonly Token[] | string {
  const tokens: Token[] = [];
  let position = 0;
  while (position < pattern.length) {
    const char = pattern.charAt(position);
    if (char === "[") {
      const end = pattern.indexOf("]", position + 2);
      const token = end < 0 ? "[ is never closed" : parseClass(pattern.slice(position + 1, end));
      if (typeof token === "string") return token;
      tokens.push(token);
      position = end + 1;
      continue;
    }
    if ("{}".includes(char)) return "{ } are not supported: list the names one by one";
    tokens.push(singleToken(char));
    position++;
  }
  return tokens;
}

function singleToken(char: string): Token {
  if (char === "*") return { kind: "star" };
  if (char === "?") return { kind: "any" };
  return { kind: "literal", char };
}

function parseClass(body: string): Token | string {
  const negated = body.startsWith("!");
  const members = negated ? body.slice(1) : body;
  if (members === "") return "[ ] is empty";
  const ranges = [...members.matchAll(/(.)-(.)|(.)/gsu)].map(([, from, to, single]): Range => [
    from ?? single ?? "",
    to ?? single ?? "",
  ]);
  const reversed = ranges.find(([from, to]) => from > to);
  if (reversed) return `the range ${reversed[0]}-${reversed[1]} is reversed`;
  return { kind: "class", negated, ranges };
}

function matchTokens(tokens: readonly Token[], text: string): boolean {
  let at = 0;
  let token = 0;
  let starToken = -1;
  let starAt = 0;
  while (at < text.length) {
    const current = tokens[token];
    if (current?.kind === "star") {
      starToken = token++;
      starAt = at;
    } else if (current !== undefined && matchesChar(current, text.charAt(at))) {
      token++;
      at++;
    } else if (starToken >= 0) {
      // Only the last star has to give way: it can take whatever an earlier one would.
      token = starToken + 1;
      at = ++starAt;
    } else {
      return false;
    }
  }
  while (tokens[token]?.kind === "star") token++;
  return token === tokens.length;
}

function matchesChar(token: Token, char: string): boolean {
  if (token.kind === "literal") return token.char === char;
  if (token.kind !== "class") return token.kind === "any";
  return token.ranges.some(([from, to]) => from <= char && char <= to) !== token.negated;
}
