import { ArkError } from "./errors.ts";
import {
  type LabelOperator,
  type LabelRequirement,
  type LabelSelector,
  requirementError,
} from "./label-selector.ts";
import { shorten } from "./shorten.ts";

type Token = { readonly kind: "symbol" | "word" | "end"; readonly text: string };
type Parsed = LabelRequirement & { readonly equality: boolean };

/**
 * Reads the text of kubectl's `-l`: "app=db,tier in (a,b),!old,env!=dev". Empty text selects everything.
 * Two equalities on one key are both kept, so they match nothing unless they agree.
 * @throws ArkError Usage
 */
export function parseLabelSelector(text: string): LabelSelector {
  const matchLabels = new Map<string, string>();
  const matchExpressions: LabelRequirement[] = [];
  for (const { equality, ...requirement } of new SelectorReader(text).readAll()) {
    const [value = ""] = requirement.values ?? [];
    if (equality && !matchLabels.has(requirement.key)) matchLabels.set(requirement.key, value);
    else matchExpressions.push(requirement);
  }
  return {
    ...(matchLabels.size > 0 && { matchLabels: Object.fromEntries(matchLabels) }),
    ...(matchExpressions.length > 0 && { matchExpressions }),
  };
}

/** Reads from left to right, one token ahead. */
class SelectorReader {
  readonly #text: string;
  readonly #pattern = /\s*(?:(==|!=|[=!(),<>])|([^\s=!(),<>]+)|$)/y;
  #next: Token;

  constructor(text: string) {
    this.#text = text;
    this.#next = this.#scan();
  }

  readAll(): Parsed[] {
    const requirements: Parsed[] = [];
    if (this.#isAtEnd()) return requirements;
    do requirements.push(this.#readRequirement());
    while (this.#skip(","));
    if (!this.#isAtEnd()) throw this.#unexpected("',' or the end");
    return requirements;
  }

  #readRequirement(): Parsed {
    const absent = this.#skip("!");
    const key = this.#readWord("a label key");
    const isLast = this.#isAtEnd() || this.#next.text === ",";
    const read = absent || isLast ? undefined : this.#readOperator();
    const requirement: LabelRequirement = read
      ? { key, operator: read.operator, values: read.values }
      : { key, operator: absent ? "DoesNotExist" : "Exists" };
    const error = requirementError(requirement);
    if (error !== undefined) throw this.#invalid(error);
    return { ...requirement, equality: read?.equality ?? false };
  }

  #readOperator(): { operator: LabelOperator; values: string[]; equality: boolean } {
    if (this.#skip("=") || this.#skip("==")) {
      return { operator: "In", values: [this.#readValue()], equality: true };
    }
    if (this.#skip("!="))
      return { operator: "NotIn", values: [this.#readValue()], equality: false };
    if (this.#skip("in")) return { operator: "In", values: this.#readSet(), equality: false };
    if (this.#skip("notin")) return { operator: "NotIn", values: this.#readSet(), equality: false };
    throw this.#unexpected("in, notin, =, ==, != or ','");
  }

  #readValue(): string {
    if (this.#isAtEnd() || this.#next.text === ",") return "";
    return this.#readWord("a value");
  }

  #readSet(): string[] {
    if (!this.#skip("(")) throw this.#unexpected("'('");
    const values: string[] = [];
    // "()" is a set of one empty value, as in kubectl.
    do values.push(this.#next.text === ")" ? "" : this.#readValue());
    while (this.#skip(","));
    if (!this.#skip(")")) throw this.#unexpected("',' or ')'");
    return [...new Set(values)];
  }

  #readWord(expected: string): string {
    if (this.#next.kind !== "word") throw this.#unexpected(expected);
    const { text } = this.#next;
    this.#next = this.#scan();
    return text;
  }

  #skip(text: string): boolean {
    if (this.#isAtEnd() || this.#next.text !== text) return false;
    this.#next = this.#scan();
    return true;
  }

  #isAtEnd(): boolean {
    return this.#next.kind === "end";
  }

  #scan(): Token {
    const [, symbol, word] = this.#pattern.exec(this.#text) ?? [];
    if (symbol !== undefined) return { kind: "symbol", text: symbol };
    return word === undefined ? { kind: "end", text: "" } : { kind: "word", text: word };
  }

  #unexpected(expected: string): ArkError {
    const found = this.#isAtEnd() ? "the end" : `"${shorten(this.#next.text)}"`;
    return this.#invalid(`found ${found} where ${expected} was expected`);
  }

  #invalid(reason: string): ArkError {
    return new ArkError(
      "Usage",
      `invalid label selector "${shorten(this.#text, 200)}": ${reason}`,
      {
        hint: "Write it as kubectl does: app=db,tier in (a,b),env!=dev,!old",
      },
    );
  }
}
