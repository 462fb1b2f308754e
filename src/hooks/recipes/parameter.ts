import type { RecipeParameter } from "./recipe.ts";

const MAX_PATH = 4096;
const MAX_TEXT = 255;

/** Control characters: no name or path that is meant has one. */
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const CONTROL = /[\u0000-\u001f\u007f]/;

type Description = Pick<RecipeParameter, "name" | "meaning" | "example">;

/** A directory on a volume; it must be given. Blanks, quotes and `$` in it mean nothing. */
export function pathParameter(meaning: string, example: string): RecipeParameter {
  return { name: "path", meaning, example, required: true, check: checkPath };
}

/** A parameter that may be left out. @param otherwise what counts then, for people */
export function optionalParameter(
  description: Description,
  otherwise: string,
  check: RecipeParameter["check"] = checkText,
): RecipeParameter {
  return { ...description, required: false, otherwise, check };
}

/** @returns what is wrong with an absolute path of a file or a directory */
export function checkPath(path: string): string | undefined {
  const problem = checkText(path, MAX_PATH);
  if (problem !== undefined) return problem;
  if (!path.startsWith("/")) return "is no absolute path";
  const names = path.split("/").filter((name) => name !== "");
  if (names.length === 0) return "is the container's root, not a volume";
  return names.some((name) => name === "." || name === "..") ? "has . or .. in it" : undefined;
}

/** @returns what is wrong with a name of a user or the like */
export function checkText(text: string, longest = MAX_TEXT): string | undefined {
  if (text === "") return "is empty";
  if (text.length > longest) return `is longer than ${longest} characters`;
  return CONTROL.test(text) ? "has a control character in it" : undefined;
}

/** @returns what is wrong with a number of a TCP port */
export function checkPort(text: string): string | undefined {
  const isPort = /^[1-9]\d{0,4}$/.test(text) && Number(text) < 65_536;
  return isPort ? undefined : "is no port from 1 to 65535";
}
