import { joinShellWords } from "../../lib/shell-quote.ts";
import { shorten } from "../../lib/shorten.ts";
import { hookKeysOf } from "../annotation-keys.ts";
import { hasText, PHASES, usedKeys } from "../key-sets.ts";
import { mendedCommand, mendingCommand, setCommand } from "./mend-command.ts";
import { allHooks, type CheckedHook, type CheckSubject, type Fault, type Rule } from "./rule.ts";

/** Rules on the words of a command. */
export const commandRules: readonly Rule<CheckSubject>[] = [
  {
    id: "empty-command",
    severity: "error",
    meaning: 'there is no program to run: `[]`, `[""]`, or an empty annotation',
    check: (subject) => [...findEmptyValues(subject), ...findEmptyPrograms(subject)],
  },
  {
    id: "command-not-json",
    severity: "error",
    meaning:
      "the command looks like a JSON array, but is no array of texts: it is taken as the name of one program",
    check: (subject) =>
      hooksWith(
        subject,
        ({ source, command: [word = "", ...rest] }) =>
          source === "annotation" && rest.length === 0 && word.trimStart().startsWith("["),
      ).map((hook) => ({
        ...faultAt(hook, subject),
        message: `command ${show(hook)} ${whyNoArray(hook.command[0] ?? "")}: it is taken as the name of one program`,
      })),
  },
  {
    id: "command-not-split",
    severity: "error",
    meaning:
      "a command with spaces that is not a JSON array: it is one program name, not split, as in Ark",
    check: (subject) =>
      hooksWith(subject, isNotSplit).map((hook) => ({
        ...faultAt(hook, subject),
        message: `command ${show(hook)} is the name of one program, spaces included: nothing splits it`,
      })),
  },
  {
    id: "shell-syntax",
    severity: "warning",
    meaning:
      "a word that only a shell understands (`&&`, `|`, `>`, `$NAME`), but the command is no shell",
    check: (subject) =>
      hooksWith(subject, (hook) => shellWord(hook) !== undefined).map((hook) => ({
        ...faultAt(hook, subject, ["sh", "-c", hook.command.join(" ")]),
        message: `no shell runs the command: "${shorten(shellWord(hook) ?? "")}" is a word like any other`,
      })),
  },
  {
    id: "shell-script-split",
    severity: "warning",
    meaning: "`sh -c` takes one word as its script: the words after it are not part of it",
    check: (subject) =>
      hooksWith(subject, isScriptSplit).map((hook) => {
        const script = joinShellWords(hook.command.slice(2));
        return {
          ...faultAt(hook, subject, [...hook.command.slice(0, 2), script]),
          message: `the script is only "${shorten(hook.command[2] ?? "")}"; the words after it do not belong to it`,
        };
      }),
  },
  {
    id: "no-lasting-effect",
    severity: "warning",
    meaning:
      "what the command does is over, or not done yet, when the hook ends: a lock of a session, `BGSAVE`",
    check: (subject) =>
      hooksWith(subject, ({ phase }) => phase === "pre").flatMap((hook) => {
        const text = hook.command.join(" ");
        const found = WAITS.test(text)
          ? undefined
          : FLEETING.find(({ pattern }) => pattern.test(text));
        return found ? [{ key: hook.origin, source: hook.source, ...found.words }] : [];
      }),
  },
];

function hooksWith(
  { hooks }: CheckSubject,
  test: (hook: CheckedHook) => boolean,
): readonly CheckedHook[] {
  return allHooks(hooks).filter(test);
}

function show({ command }: CheckedHook): string {
  return JSON.stringify(shorten(command[0] ?? ""));
}

/** Where the fault is, and the command that mends it. @param command the words as they were meant, where known */
function faultAt(
  hook: CheckedHook,
  { place, view }: CheckSubject,
  command?: readonly string[],
): Omit<Fault, "message"> {
  const { phase, origin: key, source } = hook;
  if (source === "spec") {
    const words = command ?? mendedCommand(hook.command[0] ?? "");
    const example = words ? shorten(JSON.stringify(words), 500) : '["PROGRAM", "ARGUMENT"]';
    return { key, source, fix: `Write in the document: command: ${example}` };
  }
  if (command === undefined)
    return { key, source, fix: mendingCommand(place, view.annotations, [phase]) };
  const annotations = { ...view.annotations, [key]: JSON.stringify(command) };
  return { key, source, fix: mendingCommand(place, annotations, [phase]) };
}

/** An empty value is no hook at all: whoever wrote it may not know. */
function findEmptyValues({ place, view: { annotations } }: CheckSubject): Fault[] {
  return PHASES.filter((phase) => usedKeys(annotations, phase) === undefined).flatMap((phase) =>
    hookKeysOf(phase)
      .filter(({ command }) => annotations[command] === "" && !hasText(annotations, command))
      .map(({ command }) => ({
        key: command,
        message: `${command} is empty: there is no ${phase} hook`,
        fix: setCommand(place, [{ phase }]),
      })),
  );
}

function findEmptyPrograms(subject: CheckSubject): Fault[] {
  return hooksWith(subject, ({ command: [program = ""] }) => program === "").map((hook) => ({
    ...faultAt(hook, subject),
    message: "the command names no program: the hook fails",
  }));
}

function isNotSplit({ command: [word = "", ...rest] }: CheckedHook): boolean {
  return rest.length === 0 && /\S\s+\S/.test(word) && !word.trimStart().startsWith("[");
}

function whyNoArray(value: string): string {
  if (/^\s/.test(value) && mendedCommand(value)) return "does not begin with [, but with a space";
  try {
    return Array.isArray(JSON.parse(value.trim()))
      ? "holds something else than texts"
      : "is no JSON array";
  } catch {
    return "is no valid JSON";
  }
}

const SHELL = /^(?:.*\/)?(?:ba|da|a|z|k)?sh$/;
const OPERATOR = /^(?:&&?|\|\|?|;|\d?>>?|<|\d?>&\d)$/;
const VARIABLE = /^\$(?:\w+|\{\w+\}|\(.*\))$/;

function isShell({ command: [program = ""] }: CheckedHook): boolean {
  return SHELL.test(program);
}

/** The first word that only a shell would make something of. */
function shellWord(hook: CheckedHook): string | undefined {
  const [program = "", ...words] = hook.command;
  // Programs that run what follows may well hand it to a shell.
  if (isShell(hook) || /(?:^|\/)(?:env|busybox|su|sudo|nsenter|chroot)$/.test(program)) {
    return undefined;
  }
  return words.find((word) => OPERATOR.test(word) || VARIABLE.test(word));
}

function isScriptSplit(hook: CheckedHook): boolean {
  const [, flag = "", script = "", ...rest] = hook.command;
  // Words after the script are its $0, $1…: right if it uses them.
  return isShell(hook) && /^-\w*c$/.test(flag) && rest.length > 0 && !/[$\s]/.test(script);
}

/** A script that waits for the end, or holds its session open, knows what it does. */
const WAITS = /\b(?:while|until|sleep|wait|nohup|LASTSAVE|persistence)\b/i;

const FLEETING = [
  {
    pattern:
      /FLUSH\s+TABLES\s+WITH\s+READ\s+LOCK|\bLOCK\s+(?:TABLES|INSTANCE)|pg_(?:start_backup|backup_start)/i,
    words: {
      message: "the lock, or the backup mode, ends with the session, and so before the capture",
      fix: "Freeze the file system instead (fsfreeze): see docs/hooks.md, Recipes.",
    },
  },
  {
    pattern: /\bBGSAVE\b/i,
    words: {
      message: "BGSAVE returns before the dump is written",
      fix: "Use SAVE, with a time-out that is long enough.",
    },
  },
];
