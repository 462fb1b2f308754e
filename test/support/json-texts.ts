import * as fc from "fast-check";

/** JSON texts as a hostile or merely unusual server would write them; what they mean is for JSON.parse to say. */

const space = fc.constantFrom("", "", "", " ", "\n", "\t", "\r\n", "    ");

const numbers = fc.constantFrom("0", "-0", "1.0", "1e400", "12345678901234567890", "-1.5E+10", "7");

const rawStrings = fc.oneof(
  fc.string({ unit: "binary" }).map((text) => JSON.stringify(text)),
  fc.constantFrom(
    '"2024-01-02T03:04:05.123456Z"',
    '"\u2028 \u2029 \u{1F512}"',
    '"\\u003ca\\u003e \\/ \\uD83D\\uDD12"',
    '"}{][\\",:"',
    '"\\\\"',
    '"{\\"metadata\\":{\\"name\\":\\"not me\\"},\\"items\\":[]}"',
  ),
  fc
    .tuple(fc.nat({ max: 200 }), fc.constantFrom("\\\\", '\\"', "x", "ü", "{"))
    .map(([count, piece]) => `"${piece.repeat(count)}"`),
);

const keys = fc.constantFrom(
  "metadata",
  "items",
  "kind",
  "apiVersion",
  "managedFields",
  "a",
  "\u00fc",
  "",
);

/** Any JSON value as text, with white space wherever it may stand. */
export const jsonTexts: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    rawStrings,
    numbers,
    fc.constantFrom("true", "false", "null", "{}", "[ ]"),
    fc.array(tie("value"), { maxLength: 3 }).chain((values) => joined("[", values, "]")),
    fc
      .array(fc.tuple(keys, tie("value")), { maxLength: 3 })
      .chain((members) => objectText(members)),
  ),
})).value;

/** An object's text with the given keys and value texts, in that order. */
export function objectText(
  members: readonly (readonly [key: string, value: string])[],
): fc.Arbitrary<string> {
  return fc.tuple(...members.map(() => fc.tuple(space, space))).chain((spaces) =>
    joined(
      "{",
      members.map(([key, value], index) => {
        const [before, behind] = spaces[index] ?? ["", ""];
        return `${JSON.stringify(key)}${before}:${behind}${value}`;
      }),
      "}",
    ),
  );
}

/** An array's text, for example. */
export function joined(
  open: string,
  values: readonly string[],
  close: string,
): fc.Arbitrary<string> {
  return fc.tuple(space, ...values.map(() => fc.tuple(space, space))).map(([inner, ...spaces]) => {
    const padded = values.map((value, index) => {
      const [before, behind] = spaces[index] ?? ["", ""];
      return `${before}${value}${behind}`;
    });
    return `${open}${padded.length === 0 ? inner : padded.join(",")}${close}`;
  });
}

/** The same members in any order. */
export function shuffled<T>(members: readonly T[]): fc.Arbitrary<T[]> {
  return fc.shuffledSubarray([...members], { minLength: members.length });
}
