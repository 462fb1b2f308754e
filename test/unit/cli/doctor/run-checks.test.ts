import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { type Check, type CheckResult, ok } from "../../../../src/cli/doctor/check.ts";
import { runChecks } from "../../../../src/cli/doctor/run-checks.ts";
import { ArkError } from "../../../../src/lib/errors.ts";
import { FakeClock } from "../../../support/fake-clock.ts";

const never = new AbortController().signal;

function check(name: string, needs: readonly string[], run: Check["run"]): Check {
  return { name, needs, run };
}

const fails = (message: string, hint?: string) => () =>
  Promise.reject(new ArkError("ClusterUnreachable", message, { hint }));

async function statuses(checks: readonly Check[]): Promise<string[]> {
  const shown: CheckResult[] = [];
  const options = {
    clock: new FakeClock(),
    limitMs: 1000,
    onResult: (r: CheckResult) => void shown.push(r),
  };
  const results = await runChecks(checks, options, never);
  assert.deepEqual(results, shown);
  return results.map(({ name, status, message }) => `${name} ${status}: ${message}`);
}

suite("the checks of doctor", () => {
  test("what needs a check that failed is skipped, with the root of it, and the others run", async () => {
    const checks = [
      check("a", [], fails("no way")),
      check("b", ["a"], async () => ok("never")),
      check("c", ["b"], async () => ok("never")),
      check("d", [], async () => ok("fine")),
    ];
    assert.deepEqual(await statuses(checks), [
      "a fail: no way",
      "b skipped: not looked at: a failed",
      "c skipped: not looked at: a failed",
      "d ok: fine",
    ]);
  });

  test("a check that is merely warned about holds nothing up", async () => {
    const checks = [
      check("a", [], async () => ({ status: "warn", message: "so so" })),
      check("b", ["a"], async () => ok("ran")),
    ];
    assert.deepEqual(await statuses(checks), ["a warn: so so", "b ok: ran"]);
  });

  test("they run side by side, and are shown in the order of the list", async () => {
    const gate = Promise.withResolvers<void>();
    const first = check("first", [], async () => {
      await gate.promise;
      return ok("waited for second");
    });
    const second = check("second", [], async () => {
      gate.resolve();
      return ok("let first go");
    });
    assert.deepEqual(await statuses([first, second]), [
      "first ok: waited for second",
      "second ok: let first go",
    ]);
  });

  test("one that never ends has failed when its time is over, also when it hears no signal", async () => {
    const clock = new FakeClock();
    const options = { clock, limitMs: 8000, onResult: () => {} };
    const stuck = check("stuck", [], () => new Promise(() => {}));
    const running = runChecks(
      [stuck, check("next", ["stuck"], async () => ok(""))],
      options,
      never,
    );
    await clock.whenSleeping();
    await clock.advance(8000);
    const [result, next] = await running;
    assert.equal(result?.status, "fail");
    assert.match(result?.message ?? "", /no answer within 8s/);
    assert.ok(result?.hint);
    assert.equal(next?.status, "skipped");
    assert.equal(clock.sleeping, 0);
  });

  test("Ctrl-C ends them all at once", async () => {
    const controller = new AbortController();
    const options = { clock: new FakeClock(), limitMs: 8000, onResult: () => {} };
    const stuck = check("stuck", [], () => new Promise(() => {}));
    const running = runChecks([stuck, { ...stuck, name: "other" }], options, controller.signal);
    controller.abort(new ArkError("Cancelled", "interrupted"));
    await assert.rejects(running, { code: "Cancelled" });
    assert.equal(options.clock.sleeping, 0);
  });

  test("a fault of ours is no result", async () => {
    const broken = check("broken", [], () => Promise.reject(new TypeError("x is not a function")));
    await assert.rejects(statuses([broken, check("a", [], async () => ok(""))]), TypeError);
  });
});
