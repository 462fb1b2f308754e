import { didYouMean } from "../../lib/suggest.ts";
import { mendingCommand } from "./mend-command.ts";
import { allHooks, type CheckedHook, type CheckSubject, type Fault, type Rule } from "./rule.ts";

/** Rules on where a hook runs. */
export const containerRules: readonly Rule<CheckSubject>[] = [
  {
    id: "wrong-container",
    severity: "error",
    meaning: "the pod has no such container (regular, or a native sidecar): the hook fails",
    check: (subject) => {
      const names = namesOf(subject);
      return allHooks(subject.hooks)
        .filter(({ container }) => container !== "" && !names.includes(container))
        .map((hook) => ({
          ...faultAt(hook, subject),
          message: `no such container: "${hook.container}"; there ${names.length === 1 ? "is" : "are"} ${names.join(", ")}${didYouMean(hook.container, names)}`,
        }));
    },
  },
  {
    id: "container-not-named",
    severity: "note",
    meaning: "a hook names no container of several: it runs in the first, whichever that is",
    check: (subject) => {
      const [first, ...others] = namesOf(subject);
      if (first === undefined || others.length === 0) return [];
      return allHooks(subject.hooks)
        .filter(({ container }) => container === "")
        .map((hook) => ({
          ...faultAt(hook, subject, first),
          message: `runs in ${first}, the first container; there are also ${others.join(", ")}`,
        }));
    },
  },
  {
    id: "post-in-other-container",
    severity: "warning",
    meaning: "pre and post hook run in different containers",
    check: (subject) => {
      const [pre] = subject.hooks.pre;
      const [post] = subject.hooks.post;
      if (pre === undefined || post === undefined) return [];
      const [first = ""] = namesOf(subject);
      const places = new Set(subject.hooks.pre.map(({ container }) => container || first));
      const place = post.container || first;
      // One that does not exist is another rule's.
      const isKnown = [...places, place].every((name) => namesOf(subject).includes(name));
      if (places.has(place) || !isKnown) return [];
      return [
        {
          ...faultAt(post, subject, pre.container || first),
          message: `the pre hook runs in ${[...places].join(", ")}, the post hook in ${place}`,
        },
      ];
    },
  },
];

function namesOf({ view }: CheckSubject): string[] {
  return view.containers.map(({ name }) => name);
}

/** @param container the one that was meant, where known */
function faultAt(
  { phase, origin: key, source }: CheckedHook,
  { place, view }: CheckSubject,
  container?: string,
): Omit<Fault, "message"> {
  if (source === "spec") {
    const name = container ?? view.containers[0]?.name ?? "";
    return { key, source, fix: `Write in the document: container: ${name}` };
  }
  const containerKey = key.replace(/\/command$/, "/container");
  const annotations =
    container === undefined ? view.annotations : { ...view.annotations, [containerKey]: container };
  return {
    key: containerKey,
    source,
    fix: mendingCommand({ ...place, view }, annotations, [phase]),
  };
}
