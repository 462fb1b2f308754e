import type { RuleText } from "./rule.ts";

/** What looking into the containers finds. */
export const programRules = {
  missing: {
    id: "program-missing",
    severity: "error",
    meaning: "with `--exec`: the container has no such program, or it is not executable",
  },
  unchecked: {
    id: "program-unchecked",
    severity: "note",
    meaning:
      "with `--exec`: nobody could look, since the container has no shell, does not run, or refuses exec",
  },
} as const satisfies Record<string, RuleText>;

/** A kind that the caller may not list: nothing is known of its hooks. */
export const notChecked = {
  id: "not-checked",
  severity: "note",
  meaning: "the objects of a kind could not be read, so their hooks were not checked",
} as const satisfies RuleText;
