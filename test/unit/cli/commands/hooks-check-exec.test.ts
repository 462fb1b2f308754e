import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { checkHooks } from "../../../../src/cli/commands/hooks-check.ts";
import type { ExecOutcome } from "../../../../src/cluster/cluster.ts";
import type { Finding } from "../../../../src/hooks/check/finding.ts";
import { ArkError } from "../../../../src/lib/errors.ts";
import { pod } from "../../../support/builders.ts";
import { capturedContext } from "../../../support/captured-context.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import { correctHooks } from "../../../support/hook-faults.ts";
import { type ExecHandler, MemoryCluster } from "../../../support/memory-cluster.ts";

async function check(
  onExec: ExecHandler,
  { program = "fsfreeze", clock = new FakeClock(), phase = "Running" } = {},
) {
  const annotations = Object.fromEntries(
    Object.entries(correctHooks).map(([key, value]) => [key, value.replace("fsfreeze", program)]),
  );
  const objects = [pod("shop/db", { containers: ["db"], annotations, phase })];
  const cluster = new MemoryCluster({ identity: { namespace: "shop" }, objects, onExec });
  const context = capturedContext();
  const code = await checkHooks({ output: "json", exec: true }, { cluster, clock }, context);
  const { items }: { items: Finding[] } = JSON.parse(context.output());
  return { code, items, execs: cluster.execs };
}

suite("hooks check --exec", () => {
  test("looks once for a program in a container, and runs no hook", async () => {
    const { items, execs, code } = await check(() => ({ kind: "exited", exitCode: 0 }));
    assert.deepEqual([items, code], [[], 0]);
    assert.deepEqual(
      execs.map(({ container, command }) => [container, command[0], command[1], command.at(-1)]),
      [["db", "sh", "-c", "fsfreeze"]],
    );
  });

  const rows: readonly (readonly [string, ExecOutcome, string, RegExp])[] = [
    ["a missing program", exited(43), "program-missing", /"fsfreeze" is not in its PATH/],
    ["a file without x", exited(44), "program-missing", /"fsfreeze" is not executable/],
    ["a shell that fails", exited(1), "program-unchecked", /ended with exit code 1/],
    [
      "no shell",
      failed('exec: "sh": executable file not found in $PATH'),
      "program-unchecked",
      /no shell/,
    ],
    ["a broken runtime", failed("out of memory"), "program-unchecked", /out of memory/],
    ["a lost connection", { kind: "unknown", message: "gone" }, "program-unchecked", /gone/],
    ["no right to exec", rejected(), "program-unchecked", /may not/],
  ];
  for (const [what, outcome, rule, message] of rows) {
    test(`${what} is found as ${rule}`, async () => {
      const { items, code } = await check(() => outcome);
      assert.deepEqual(
        items.map((finding) => finding.rule),
        [rule],
      );
      assert.match(items[0]?.message ?? "", message);
      assert.equal(code, rule === "program-missing" ? 1 : 0);
    });
  }

  test("without a shell, a hook that is the shell is missing its program", async () => {
    const outcome = failed('exec: "sh": executable file not found in $PATH');
    const { items } = await check(() => outcome, { program: "sh" });
    assert.ok(items.some(({ rule }) => rule === "program-missing"));
  });

  test("a container that never answers is given up after 10 s", async () => {
    const clock = new FakeClock();
    const asked = Promise.withResolvers<void>();
    const never = Promise.withResolvers<ExecOutcome>();
    const checking = check(
      () => {
        asked.resolve();
        return never.promise;
      },
      { clock },
    );
    await asked.promise;
    await clock.advance(10_000);
    const { items } = await checking;
    assert.match(items[0]?.message ?? "", /no answer within 10s/);
  });

  test("nothing is asked of a container that does not run", async () => {
    const { items, execs } = await check(() => exited(43), { phase: "Pending" });
    assert.deepEqual(execs, []);
    assert.deepEqual(
      items.map(({ rule }) => rule),
      ["container-not-running", "program-unchecked"],
    );
  });
});

function exited(exitCode: number): ExecOutcome {
  return { kind: "exited", exitCode };
}

function failed(message: string): ExecOutcome {
  return { kind: "failed", message };
}

function rejected(): ExecOutcome {
  return { kind: "rejected", error: new ArkError("Forbidden", "you may not exec") };
}
