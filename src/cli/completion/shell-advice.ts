import { basename } from "node:path";

type Shell = { readonly line: string; readonly file: string; readonly needs?: string };

/** How kubectl's own completion is loaded, in which that of its plugins is. */
export const SHELLS: Readonly<Record<string, Shell>> = {
  bash: {
    line: "source <(kubectl completion bash)",
    file: "~/.bashrc",
    needs: "the package bash-completion",
  },
  zsh: {
    line: "source <(kubectl completion zsh)",
    file: "~/.zshrc",
    needs: "compinit before it",
  },
  fish: {
    line: "kubectl completion fish | source",
    file: "~/.config/fish/config.fish",
  },
};

/** Those lines: of the user's shell where that is known, else of all. */
export function shellAdvice(shellPath?: string): string {
  const own = basename(shellPath ?? "");
  const names = Object.hasOwn(SHELLS, own) ? [own] : Object.keys(SHELLS);
  return names.map(adviceFor).join("");
}

function adviceFor(name: string): string {
  const shell = SHELLS[name];
  if (shell === undefined) return "";
  const needs = shell.needs === undefined ? "" : `, needs ${shell.needs}`;
  return `  ${name.padEnd(4)}  ${shell.line.padEnd(34)} # ${shell.file}${needs}\n`;
}
