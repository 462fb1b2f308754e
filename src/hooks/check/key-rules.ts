import { shorten } from "../../lib/shorten.ts";
import { type HookKeys, hookKeysOf, ORDER_KEYS } from "../annotation-keys.ts";
import type { AnnotationPatch } from "../edit-hooks.ts";
import type { HookPhase } from "../hook.ts";
import {
  hasText,
  hookOfKeys,
  isHookKey,
  isSameHook,
  isVelero,
  PHASES,
  settingKeys,
  usedKeys,
} from "../key-sets.ts";
import { hookAnnotations, isNearHookKey, likelyKey } from "./near-keys.ts";
import { annotateCommand, mendingCommand, setCommand } from "./mend-command.ts";
import type { CheckSubject, Fault, Rule } from "./rule.ts";

/** Rules on which annotations there are, and where. */
export const keyRules: readonly Rule<CheckSubject>[] = [
  {
    id: "unknown-key",
    severity: "error",
    meaning: "an annotation looks like a hook's, but no backup reads it: misspelt",
    check: ({ place, view: { annotations } }) =>
      Object.keys(annotations)
        .filter(isNearHookKey)
        .map((key) => {
          const likely = likelyKey(key);
          const isTaken = hasText(annotations, likely);
          return {
            key,
            message: `no backup reads ${shorten(key, 200)}; likely meant: ${likely}${isTaken ? ", which is there as well" : ""}`,
            fix: annotateCommand(place, {
              [key]: null,
              ...(isTaken ? {} : { [likely]: annotations[key] ?? "" }),
            }),
          };
        }),
  },
  {
    id: "setting-without-command",
    severity: "error",
    meaning:
      "a container, on-error or timeout without the command of the same set of keys: it has no effect",
    check: (subject) => PHASES.flatMap((phase) => findStraySettings(subject, phase)),
  },
  {
    id: "legacy-key",
    severity: "warning",
    meaning: "a key without `pre.` or `post.`: Ark's oldest form, deprecated",
    check: (subject) => findLegacyKeys(subject),
  },
  {
    id: "ark-velero-differ",
    severity: "warning",
    meaning: "Ark's and Velero's keys say different things: Ark's win here, Velero reads its own",
    check: (subject) => [
      ...PHASES.flatMap((phase) => findDifference(subject, phase)),
      ...findOrderDifference(subject),
    ],
  },
  {
    id: "annotation-on-workload",
    severity: "error",
    meaning: "hook annotations on a workload itself, not on its pod template: no pod gets them",
    check: (subject) => findMisplaced(subject),
  },
];

function findStraySettings({ place, view }: CheckSubject, phase: HookPhase): Fault[] {
  const { annotations } = view;
  const used = usedKeys(annotations, phase);
  return hookKeysOf(phase)
    .filter(({ command }) => annotations[command] === undefined)
    .flatMap((keys) => settingKeys(keys).filter((key) => hasText(annotations, key)))
    .map((key) => ({
      key,
      message: used
        ? `${key} has no effect: the hook is that of ${used.command}, and sets of keys are not mixed`
        : `${key} has no effect: there is no command with it, so no hook runs`,
      fix: used ? annotateCommand(place, { [key]: null }) : setCommand(place, [{ phase }]),
    }));
}

function findLegacyKeys({ place, view: { annotations } }: CheckSubject): Fault[] {
  const used = usedKeys(annotations, "pre");
  return hookKeysOf("pre")
    .filter(({ legacy, command }) => legacy && hasText(annotations, command))
    .map((keys) => ({
      key: keys.command,
      message:
        used === keys
          ? `${keys.command} is deprecated; it is a pre hook`
          : `${keys.command} is deprecated, and has no effect: ${used?.command} wins`,
      fix:
        used === keys
          ? `kubectl ark hooks migrate ${place.label} -n ${place.namespace} --to ${isVelero(keys) ? "velero.io" : "ark"} --yes`
          : annotateCommand(place, removal(keys, annotations)),
    }));
}

function removal(keys: HookKeys, annotations: CheckSubject["view"]["annotations"]) {
  const own = [keys.command, ...settingKeys(keys)].filter((key) => annotations[key] !== undefined);
  return Object.fromEntries(own.map((key) => [key, null])) satisfies AnnotationPatch;
}

function findDifference({ place, view }: CheckSubject, phase: HookPhase): Fault[] {
  const { annotations } = view;
  const used = usedKeys(annotations, phase);
  const winner = used && hookOfKeys(view, used, phase);
  if (used === undefined || winner === undefined || isVelero(used)) return [];
  const other = hookKeysOf(phase).find(
    (keys) => isVelero(keys) && hasText(annotations, keys.command),
  );
  const loser = other && hookOfKeys(view, other, phase);
  if (other === undefined || loser === undefined || isSameHook(winner, loser, view)) return [];
  return [
    {
      key: other.command,
      message: `the ${phase} hook of ${other.command} is not the one of ${used.command}, which wins`,
      fix: annotateCommand(place, removal(other, annotations)),
    },
  ];
}

function findOrderDifference({ place, view: { annotations } }: CheckSubject): Fault[] {
  const [ark = "", velero = ""] = ORDER_KEYS;
  const isBoth = hasText(annotations, ark) && hasText(annotations, velero);
  if (!isBoth || annotations[ark] === annotations[velero]) return [];
  const message = `${velero} is "${shorten(annotations[velero] ?? "")}", but ${ark} is "${shorten(annotations[ark] ?? "")}", which wins`;
  return [{ key: velero, message, fix: annotateCommand(place, { [velero]: null }) }];
}

function findMisplaced({ place, view, misplaced }: CheckSubject): Fault[] {
  const wrong = Object.entries(hookAnnotations(misplaced)).filter(
    ([key, value]) => view.annotations[key] !== value,
  );
  const [first, ...others] = wrong.map(([key]) => key);
  if (first === undefined) return [];
  // What is misspelt is read as it was meant.
  const meant = Object.fromEntries(
    wrong.map(([key, value]) => [isHookKey(key) ? key : likelyKey(key), value]),
  );
  const isInTemplate = wrong.every(([key]) => view.annotations[key] !== undefined);
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  const template = place.path.slice(0, -2).join(".");
  return [
    {
      key: first,
      message: `no pod gets ${shorten(first, 200)}${more}: hooks belong on the pod template (${template})`,
      fix: isInTemplate
        ? annotateCommand(
            itsOwnMetadata(place),
            Object.fromEntries(wrong.map(([key]) => [key, null])),
          )
        : mendingCommand(place, { ...view.annotations, ...meant }),
    },
  ];
}

/** The workload itself: changing that replaces no pods. */
function itsOwnMetadata(place: CheckSubject["place"]): CheckSubject["place"] {
  return { ...place, path: ["metadata", "annotations"], effect: { kind: "in place" } };
}
