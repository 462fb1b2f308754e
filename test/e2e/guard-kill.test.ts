import assert from "node:assert/strict";
import { before, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { installArk } from "./support/cli.ts";
import { useNamespace } from "./support/cluster.ts";
import { aFreezingPod, guardsLeft, whenWritable } from "./support/frozen-pod.ts";
import { createRandom } from "./support/random.ts";

const namespace = await useNamespace("kill");
const ark = await installArk();
const rounds = Number(process.env["ARK_E2E_KILL_ROUNDS"] ?? 5);
// Hooks only: how long a snapshot takes changes from round to round (snapshot-failures.test.ts kills one).
const inside = ["-n", namespace.name, "--snapshot-volumes=false"];

before(async () => {
  await namespace.apply(...aFreezingPod("db"));
  await namespace.podsReady();
});

test(`kill -9 of the client at ${rounds} random moments: the file system takes writes again within 5 s, and no guard is left`, async (t) => {
  const random = createRandom(process.env["ARK_E2E_SEED"]);
  t.diagnostic(`ARK_E2E_SEED=${random.seed}`);
  const ordinary = performance.now();
  const { exitCode, stdout } = await ark.run(["backup", "whole", ...inside]);
  assert.equal(exitCode, 0, stdout);
  const durationMs = performance.now() - ordinary;
  const thaws: number[] = [];
  let killed = 0;
  for (let round = 1; round <= rounds; round += 1) {
    const afterMs = Math.round(random.next() * durationMs);
    const backup = ark.start(["backup", `round-${round}`, ...inside]);
    await pause(afterMs);
    backup.signal("SIGKILL");
    const where = `round ${round}, killed after ${afterMs} of ${Math.round(durationMs)} ms`;
    t.diagnostic(where);
    const thawMs = await whenWritable(namespace, "db");
    thaws.push(thawMs);
    killed += (await backup.ended).exitCode === null ? 1 : 0;
    assert.ok(thawMs < 5000, `${where}: writable after ${Math.round(thawMs)} ms`);
    assert.deepEqual(await guardsLeft(namespace, "db"), [], where);
    // A pre hook that went on would freeze it by now.
    await pause(1500);
    const again = await whenWritable(namespace, "db");
    assert.ok(again < 5000, `${where}: frozen again, for ${Math.round(again)} ms`);
  }
  const slowest = Math.round(Math.max(...thaws));
  t.diagnostic(
    `${killed} of ${rounds} were killed within ${Math.round(durationMs)} ms; the slowest thaw took ${slowest} ms`,
  );
  assert.ok(killed > 0);
});

test(`kill -9 without a guard at ${rounds} random moments: hooks thaw mends whatever was left`, async (t) => {
  const random = createRandom(process.env["ARK_E2E_SEED"]);
  t.diagnostic(`ARK_E2E_SEED=${random.seed}`);
  let left = 0;
  for (let round = 1; round <= rounds; round += 1) {
    const afterMs = Math.round(random.next() * 3000);
    const backup = ark.start(["backup", `bare-${round}`, ...inside, "--guard=off"]);
    await pause(afterMs);
    backup.signal("SIGKILL");
    await backup.ended;
    const where = `round ${round}, killed after ${afterMs} ms`;
    t.diagnostic(where);
    // A pre hook that the client has left behind goes on, and freezes late: nothing but its end helps here.
    await pause(3000);
    const { stdout, stderr } = await ark.run(["hooks", "thaw", "--all"]);
    left += stdout.includes(" thawed") ? 1 : 0;
    const thawMs = await whenWritable(namespace, "db");
    assert.ok(thawMs < 5000, `${where}: writable after ${thawMs} ms; ${stdout}${stderr}`);
    // Where nothing was frozen yet, its post hook fails, and the entry stays until it is closed by hand.
    await ark.run(["hooks", "thaw", "--forget", "--all"]);
    const after = await ark.run(["hooks", "thaw"]);
    assert.match(after.stderr, /^Nothing is left frozen/m, where);
  }
  t.diagnostic(`${left} of ${rounds} were frozen and thawed by hooks thaw`);
});
