import { commandRules } from "./command-rules.ts";
import { containerRules } from "./container-rules.ts";
import { keyRules } from "./key-rules.ts";
import { pairRules } from "./pair-rules.ts";
import { podRules } from "./pod-rules.ts";
import { notChecked, programRules } from "./program-rules.ts";
import type { CheckSubject, Rule, RuleText } from "./rule.ts";
import { specRules } from "./spec-rules.ts";
import { valueRules } from "./value-rules.ts";

/** The rules on hooks as they stand in one place, in the order in which findings are shown. */
export const hookRules: readonly Rule<CheckSubject>[] = [
  ...keyRules,
  ...commandRules,
  ...containerRules,
  ...valueRules,
  ...pairRules,
];

/** Every rule of `hooks check`, for the documentation. */
export const allRules: readonly RuleText[] = [
  ...hookRules,
  ...podRules,
  ...specRules,
  ...Object.values(programRules),
  notChecked,
];
