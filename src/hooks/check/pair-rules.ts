import { needsNoPostHook } from "../needs-no-post-hook.ts";
import { setCommand } from "./mend-command.ts";
import type { CheckedHook, CheckSubject, Fault, Rule } from "./rule.ts";

/** Rules on a pre hook and the post hook that should undo it. */
export const pairRules: readonly Rule<CheckSubject>[] = [
  {
    id: "freeze-not-undone",
    severity: "error",
    meaning: "a pre hook freezes a path that no post hook thaws: it stays frozen after the backup",
    check: (subject) =>
      frozenPaths(subject).map(({ hook, path, program }) => ({
        ...thaw(subject, hook, [program, "-u", path]),
        message: `freezes ${path}, and no post hook thaws it: it stays frozen after the backup`,
      })),
  },
  {
    id: "pre-without-post",
    severity: "warning",
    meaning:
      "a pre hook without a post hook: nothing undoes what it does (a known checkpoint, dump or save needs none)",
    check: (subject) => {
      const [pre] = subject.hooks.pre;
      const isPaired = pre === undefined || subject.hooks.post.length > 0;
      if (isPaired || frozenPaths(subject).length > 0) return [];
      if (subject.hooks.pre.every(({ command }) => needsNoPostHook(command))) return [];
      return [
        {
          ...thaw(subject, pre, undefined),
          message: "there is a pre hook and no post hook: nothing undoes what the pre hook does",
        },
      ];
    },
  },
  {
    id: "post-without-pre",
    severity: "note",
    meaning: "a post hook without a pre hook: there is nothing that it could undo",
    check: ({ place, hooks: { pre, post } }) => {
      const [first] = post;
      if (first === undefined || pre.length > 0) return [];
      const { origin: key, source } = first;
      return [
        {
          key,
          source,
          message: "there is a post hook and no pre hook",
          fix:
            source === "spec"
              ? "Add a pre hook to the document's entry, or leave it so."
              : setCommand(place, [{ phase: "pre" }]),
        },
      ];
    },
  },
];

type Frozen = { readonly hook: CheckedHook; readonly path: string; readonly program: string };

const FREEZE = /\b((?:fs|xfs_)freeze)\s+(?:-f|--freeze)\s+([^\s;&|'")]+)/g;
const THAW = /\b(?:fs|xfs_)freeze\s+(?:-u|--unfreeze)\s+([^\s;&|'")]+)/g;

/** What pre hooks freeze and post hooks do not thaw, as far as their words tell. */
function frozenPaths({ hooks }: CheckSubject): Frozen[] {
  const thawed = new Set(
    hooks.post.flatMap((hook) => [...textOf(hook).matchAll(THAW)].map(([, path]) => plain(path))),
  );
  return hooks.pre.flatMap((hook) =>
    [...textOf(hook).matchAll(FREEZE)].flatMap(([, program = "", path = ""]) =>
      thawed.has(plain(path)) ? [] : [{ hook, path, program }],
    ),
  );
}

function textOf({ command }: CheckedHook): string {
  return command.join(" ");
}

function plain(path = ""): string {
  return path.replace(/(?<=.)\/+$/, "");
}

function thaw(
  { place }: CheckSubject,
  { origin: key, source, container }: CheckedHook,
  command: readonly string[] | undefined,
): Omit<Fault, "message"> {
  if (source === "spec") {
    const words = command ? JSON.stringify(command) : '["PROGRAM", "ARGUMENT"]';
    return { key, source, fix: `Add in the document: post: [{exec: {command: ${words}}}]` };
  }
  const hook = { phase: "post" as const, command, container: container || undefined };
  return { key, source, fix: setCommand(place, [hook]) };
}
