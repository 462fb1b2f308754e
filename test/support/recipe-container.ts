import { spawn } from "node:child_process";
import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findRecipe, readRecipeValues } from "../../src/hooks/recipes/recipes.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

export type Ran = {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** A directory of stand-ins for a database's programs, where the shell of a recipe runs for real. */
export class RecipeContainer {
  readonly directory = temporaryDirectory();
  readonly #shell: readonly string[];

  /** @param shell the words of what is `sh` in the container */
  constructor(shell: readonly string[]) {
    this.#shell = shell;
  }

  /** Puts a program on the path. @param script for sh */
  async install(program: string, script: string): Promise<void> {
    const file = join(this.directory, program);
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
  }

  start(recipe: string, options: RunOptions = {}): { pid: number; ended: Promise<Ran> } {
    const chosen = findRecipe(recipe);
    const hook = chosen.hooks[options.phase ?? "pre"];
    if (hook === undefined) throw new Error(`${recipe} has no such hook`);
    const [, ...words] = hook.command(readRecipeValues(chosen, options.values ?? {}));
    const [program = "", ...first] = this.#shell;
    const path = `${this.directory}:${process.env["PATH"]}`;
    const env = { ...options.env, PATH: path, STATE: this.directory };
    const child = spawn(program, [...first, ...words], { env, stdio: ["ignore", "pipe", "pipe"] });
    const texts = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8").on("data", (text: string) => void (texts[name] += text));
    }
    const { promise: ended, resolve, reject } = Promise.withResolvers<Ran>();
    child.on("error", reject).on("close", (exitCode) => resolve({ exitCode, ...texts }));
    return { pid: child.pid ?? 0, ended };
  }

  run(recipe: string, options: RunOptions = {}): Promise<Ran> {
    return this.start(recipe, options).ended;
  }
}

export type RunOptions = {
  readonly phase?: "pre" | "post";
  readonly values?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
};
