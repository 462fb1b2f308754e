import assert from "node:assert/strict";
import { test } from "node:test";
import { exitCodeOfError, exitCodeOfPhase } from "../../../src/cli/exit-codes.ts";
import { ArkError } from "../../../src/lib/errors.ts";

test("a phase is an exit code: 0 Completed, 3 PartiallyFailed, 1 Failed", () => {
  const phases = ["Completed", "PartiallyFailed", "Failed"] as const;
  assert.deepEqual(phases.map(exitCodeOfPhase), [0, 3, 1]);
});

test("an error is an exit code: 2 for what the user wrote, 130 for an interruption, else 1", () => {
  const codes = ["Usage", "InvalidDocument", "Cancelled", "Forbidden", "StoreUnavailable"] as const;
  const exits = codes.map((code) => exitCodeOfError(new ArkError(code, "")));
  assert.deepEqual(exits, [2, 2, 130, 1, 1]);
  assert.equal(exitCodeOfError(new TypeError("a fault of ours")), 1);
});
