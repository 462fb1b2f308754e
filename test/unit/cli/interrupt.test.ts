import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { test } from "node:test";
import { interruptible } from "../../../src/cli/interrupt.ts";
import { hasCode } from "../../../src/lib/errors.ts";
import { capturedContext } from "../../support/captured-context.ts";

for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  test(`${name} aborts as Cancelled and says what happens now`, () => {
    const source = new EventEmitter();
    const context = capturedContext();
    const { signal } = interruptible(source, context.stderr);
    source.emit(name);
    assert.ok(signal.aborted && hasCode(signal.reason, "Cancelled"));
    assert.match(
      context.errors(),
      /Post hooks .* are run first, snapshots are removed; nothing is published/,
    );
  });
}

test("a second interruption does not end the process, since pods may be frozen", () => {
  const source = new EventEmitter();
  const context = capturedContext();
  const { hurry } = interruptible(source, context.stderr);
  source.emit("SIGINT");
  assert.equal(hurry.aborted, false);
  source.emit("SIGINT");
  assert.match(context.errors(), /Still running post hooks, all at once/);
  assert.equal(hurry.aborted, true, "post hooks do not wait for each other any more");
});

test("a hang-up after Ctrl-C counts as the second interruption, a third one changes nothing", () => {
  const source = new EventEmitter();
  const { signal, hurry } = interruptible(source, capturedContext().stderr);
  for (const name of ["SIGINT", "SIGHUP", "SIGTERM"]) source.emit(name);
  assert.ok(hasCode(signal.reason, "Cancelled") && hurry.aborted);
});

test("after release nothing listens any more", () => {
  const source = new EventEmitter();
  const interruption = interruptible(source, capturedContext().stderr);
  interruption.release();
  source.emit("SIGINT");
  assert.deepEqual([interruption.signal.aborted, source.listenerCount("SIGINT")], [false, 0]);
});

for (const name of ["uncaughtException", "unhandledRejection"]) {
  test(`a fault of ours (${name}) stops the work in the same way, and is an internal error`, () => {
    const source = new EventEmitter();
    const context = capturedContext();
    const { signal } = interruptible(source, context.stderr);
    source.emit(name, new TypeError("x is not a function"));
    assert.ok(hasCode(signal.reason, "Internal"));
    assert.match(context.errors(), /Post hooks .* are run first/);
  });
}
