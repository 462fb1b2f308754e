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
    assert.match(context.errors(), /Post hooks .* are run first; nothing is published/);
  });
}

test("a second interruption does not end the process, since pods may be frozen", () => {
  const source = new EventEmitter();
  const context = capturedContext();
  interruptible(source, context.stderr);
  source.emit("SIGINT");
  source.emit("SIGINT");
  assert.match(context.errors(), /Still running post hooks/);
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
