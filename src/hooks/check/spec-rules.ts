import type { ResolvedResourceHook } from "../from-spec.ts";
import type { HookPhase } from "../hook.ts";
import type { Fault, Rule } from "./rule.ts";

/** An entry of a document's hooks, and what became of it over all pods of the backup. */
export type CheckedSpecHook = {
  readonly entry: ResolvedResourceHook;
  /** How many pods it is for. */
  readonly matched: number;
  /** How many of them have an annotation hook in its place. */
  readonly shadowed: Readonly<Record<HookPhase, number>>;
};

/** Rules on the entries of a Backup document. */
export const specRules: readonly Rule<CheckedSpecHook>[] = [
  {
    id: "spec-hook-matches-nothing",
    severity: "error",
    meaning: "an entry of the document is for no pod of the backup",
    check: ({ entry, matched }) =>
      matched > 0
        ? []
        : [
            {
              ...placeOf(entry),
              message: `entry ${entry.name} matches no pod of the backup`,
              fix: "Compare its namespaces and label selector with `kubectl get pods --show-labels`, or remove it.",
            },
          ],
  },
  {
    id: "spec-hook-shadowed",
    severity: "warning",
    meaning:
      "in some pods an annotation hook takes the place of the document's hooks of that phase",
    check: ({ entry, matched, shadowed }) =>
      (["pre", "post"] as const).flatMap((phase) =>
        shadowed[phase] === 0 || entry[phase].length === 0
          ? []
          : [
              {
                ...placeOf(entry),
                message: `in ${shadowed[phase]} of the ${matched} pods of entry ${entry.name} a ${phase} hook by annotation runs instead`,
                fix: "Remove the annotations (kubectl ark hooks unset), or the entry, if that is not what you want.",
              },
            ],
      ),
  },
];

function placeOf({ index }: ResolvedResourceHook): Pick<Fault, "key" | "source"> {
  return { key: `spec.hooks.resources[${index}]`, source: "spec" };
}
