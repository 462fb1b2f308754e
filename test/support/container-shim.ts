import { type ChildProcess, spawn } from "node:child_process";
import type { ShimAnswer, ShimRequest } from "./shell-container.ts";

/** The parent of a container's processes, as a runtime's shim is. It kills all of them when its own parent is gone. */
const children: ChildProcess[] = [];

process.on("message", (request: ShimRequest) => start(request));
process.on("disconnect", () => {
  for (const { pid } of children) killGroup(pid);
  process.exit();
});

function start({ id, command: [program = "", ...words], stdin, wait }: ShimRequest): void {
  const child = spawn(program, words, { detached: true, stdio: [stdin, "pipe", "inherit"] });
  children.push(child);
  let text = "";
  const answer = (): void =>
    void process.send?.({ id, pid: child.pid ?? 0, text } satisfies ShimAnswer);
  child.stdout?.setEncoding("utf8").on("data", (piece: string) => {
    text += piece;
    if (wait === "line" && text.includes("\n")) answer();
  });
  if (wait === "spawn") child.once("spawn", answer);
  if (wait === "end") child.once("close", answer);
}

function killGroup(pid = 0): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It is gone.
  }
}
