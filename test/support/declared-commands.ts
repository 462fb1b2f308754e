import { declare } from "../../src/cli/program.ts";
import type { DeclaredCommand, DeclaredFlag } from "../../src/cli/completion/declared-command.ts";
import { recordProgram } from "../../src/cli/completion/record-declarations.ts";
import { capturedContext } from "./captured-context.ts";

export const program: DeclaredCommand = recordProgram((yargs) =>
  declare(yargs, capturedContext(), {}),
);

export type DeclaredPath = {
  /** The words that lead to it, without "kubectl ark". */
  readonly path: readonly string[];
  readonly command: DeclaredCommand;
  /** Its own and those of the commands that it stands in. */
  readonly flags: readonly DeclaredFlag[];
};

/** Every command that can be called by its name. */
export async function declaredCommands(): Promise<DeclaredPath[]> {
  return walk({ path: [], command: program, flags: [] });
}

async function walk({ path, command, flags }: DeclaredPath): Promise<DeclaredPath[]> {
  const content = await command.open();
  const own = { path, command, flags: [...flags, ...content.flags] };
  const inner: DeclaredPath[] = [];
  for (const child of content.commands) {
    if (child.name === "") continue;
    const inside = { path: [...path, child.name], command: child, flags: own.flags };
    inner.push(...(await walk(inside)));
  }
  return inner.length === 0 ? [own] : inner;
}
