import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import {
  stateOfProcessText,
  textOfThisProcess,
  type TravellingIdentity,
} from "../../../src/lib/system-process-text.ts";

const self: TravellingIdentity = JSON.parse(textOfThisProcess());

async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "close");
  return child.pid ?? 0;
}

const state = (changes: object, here: TravellingIdentity = self) =>
  stateOfProcessText(JSON.stringify({ ...self, start: "boot-1/77", ...changes }), here);

suite("a process as text", () => {
  test("is one line, and this process is alive by it", () => {
    assert.doesNotMatch(textOfThisProcess(), /\n/);
    assert.equal(stateOfProcessText(textOfThisProcess()), "alive");
  });

  test("does not give the machine's id away", () => {
    assert.match(self.machine ?? "0".repeat(32), /^[0-9a-f]{32}$/);
    assert.equal(Object.keys(self).includes("machine-id"), false);
  });

  test("one that has ended in this boot is gone", async () => {
    const pid = await endedProcess();
    const here = { ...self, start: "boot-1/99", machine: undefined };
    assert.equal(state({ pid, machine: undefined }, here), "gone");
  });

  test("one of an earlier boot is gone on this machine, and unknown on one of the same name", async () => {
    const pid = await endedProcess();
    const here = { ...self, start: "boot-2/99", machine: "m" };
    assert.equal(state({ pid, machine: "m" }, here), "gone");
    assert.equal(state({ pid, machine: "other" }, here), "unknown");
    assert.equal(state({ pid, machine: undefined }, { ...here, machine: undefined }), "unknown");
  });

  test("one that is not there is unknown where neither boot nor machine can be told", async () => {
    const pid = await endedProcess();
    const here = { ...self, start: undefined, machine: undefined };
    assert.equal(state({ pid, start: undefined, machine: undefined }, here), "unknown");
    assert.equal(
      state({ pid, start: "/77", machine: undefined }, { ...here, start: "/99" }),
      "unknown",
    );
  });

  test("one of another host is unknown", () => {
    assert.equal(state({ host: "other" }), "unknown");
  });

  for (const text of [
    "",
    "null",
    "1",
    "[]",
    "{}",
    "{",
    '{"host":"a"}',
    ...[0, -1, 1.5, 2 ** 31, 2 ** 53, "1", null].map((pid) => JSON.stringify({ ...self, pid })),
    JSON.stringify({ ...self, host: 1 }),
    JSON.stringify({ ...self, start: {} }),
    JSON.stringify({ ...self, machine: null }),
    "[".repeat(100_000),
  ]) {
    test(`${JSON.stringify(text.slice(0, 60))} is unknown`, () => {
      assert.equal(stateOfProcessText(text), "unknown");
    });
  }

  test("whatever the text, it is answered and never says gone", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        assert.equal(stateOfProcessText(text), "unknown");
      }),
    );
  });
});
