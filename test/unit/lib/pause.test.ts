import assert from "node:assert/strict";
import { test } from "node:test";
import { ArkError } from "../../../src/lib/errors.ts";
import { pause } from "../../../src/lib/pause.ts";
import { FakeClock } from "../../support/fake-clock.ts";

test("a pause lasts as long as it is meant to", async () => {
  const clock = new FakeClock();
  const paused = pause(clock, 500, new AbortController().signal);
  assert.equal(clock.sleeping, 1);
  await clock.advance(500);
  await paused;
});

test("an abort ends a pause as Cancelled, or with the ArkError that it brings", async () => {
  const late = new ArkError("Timeout", "too late");
  for (const [reason, code] of [
    ["stop", "Cancelled"],
    [late, "Timeout"],
  ] as const) {
    const controller = new AbortController();
    const paused = pause(new FakeClock(), 500, controller.signal);
    controller.abort(reason);
    await assert.rejects(paused, { code });
  }
});
