import assert from "node:assert/strict";
import { after, suite, test } from "node:test";
import { split } from "shlex";
import type { Finding } from "../../../../src/hooks/check/finding.ts";
import { arkSession } from "../../../support/ark-session.ts";
import { correctObjects, hookFaults } from "../../../support/hook-faults.ts";

const session = await arkSession();
const { server } = session;
after(async () => await server.close());
for (const object of [...correctObjects, ...hookFaults.flatMap(({ objects }) => objects)]) {
  server.put(object);
}

async function check(...words: readonly string[]): Promise<Finding[]> {
  const { stdout } = await session.run("hooks", "check", "-o", "json", ...words);
  const { items }: { items: Finding[] } = JSON.parse(stdout);
  return items;
}

suite("the commands that hooks check gives", () => {
  test("the exit code is 1 when there is an error among the findings, else 0", async () => {
    assert.equal((await session.run("hooks", "check")).code, 1);
    assert.equal((await session.run("hooks", "check", "pod/completed-pod")).code, 0);
    const { code, stderr } = await session.run("hooks", "check", "pod/correct", "--no-headers");
    assert.deepEqual([code, stderr], [0, "No problems found in 2 hooks of 1 pod.\n"]);
  });

  for (const { rule, label, fix } of hookFaults) {
    // Words in capitals are to be filled in.
    const isWhole = /ark hooks|--phase|--pre|-c db|--timeout|--on-error/.test(fix.source);
    if (!isWhole || fix.source.includes("PROGRAM")) continue;
    test(`the one for ${rule} mends it`, async () => {
      const [found] = await check(label);
      const words = split(found?.fix ?? "");
      assert.deepEqual(words.slice(0, 3), ["kubectl", "ark", "hooks"]);
      const yes = words.indexOf("--");
      const rest = words.slice(2);
      const sure = yes < 0 ? [...rest, "--yes"] : rest.toSpliced(yes - 2, 0, "--yes");
      const done = await session.run(...sure);
      assert.equal(done.code, 0, done.stderr);
      const left = (await check(label)).map((finding) => finding.rule);
      assert.ok(!left.includes(rule), left.join());
    });
  }
});
