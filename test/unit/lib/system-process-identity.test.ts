import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { suite, test } from "node:test";
import { identityOfThisProcess, stateOfProcess } from "../../../src/lib/system-process-identity.ts";

const here = identityOfThisProcess();
/** A process in brackets, with the given state and start, as Linux tells of it. */
const stat = (state: string, ticks: number) => (path: string) =>
  path.endsWith("boot_id") ? "boot\n" : `1 (a) b (c) ${state} ${"0 ".repeat(18)}${ticks} 0 0\n`;

suite("whether a process is still there", () => {
  test("this one is alive", () => {
    assert.equal(stateOfProcess(here), "alive");
  });

  test("one that has ended is gone", async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    const owner = { ...here, pid: child.pid ?? 0, start: undefined };
    await once(child, "close");
    assert.equal(stateOfProcess(owner), "gone");
  });

  test("one of another host or another PID namespace is unknown", () => {
    assert.equal(stateOfProcess({ ...here, host: "other" }), "unknown");
    assert.equal(stateOfProcess({ ...here, pidNamespace: "pid:[1]" }), "unknown");
  });

  test("a number that was used again is another process, and a zombie is gone", () => {
    const owner = { ...here, start: "boot/77" };
    assert.equal(stateOfProcess(owner, here, stat("S", 77)), "alive");
    assert.equal(stateOfProcess(owner, here, stat("S", 78)), "gone");
    assert.equal(stateOfProcess(owner, here, stat("Z", 77)), "gone");
    assert.equal(stateOfProcess({ ...owner, start: "earlier/77" }, here, stat("S", 77)), "gone");
  });

  test("without /proc its number decides", () => {
    const owner = { ...here, start: undefined };
    assert.equal(
      stateOfProcess(owner, here, () => undefined),
      "alive",
    );
  });
});
