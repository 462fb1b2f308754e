import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { claim } from "../../../support/builders.ts";
import {
  errorsOf,
  fails,
  GuardedCluster,
  guardsOf,
  hooked,
  never,
  takeGuarded,
  until,
} from "../../../support/guarded-backup.ts";
import type { ExecOutcome } from "../../../../src/cluster/cluster.ts";

describe("what became of the guards", () => {
  it("a guard that had thawed says so when it is dismissed: what was captured is not consistent", async () => {
    const cluster = new GuardedCluster(hooked("db"));
    cluster.onPost = () => {
      // Its word was still on its way when the post hook, which does not mind, succeeded.
      cluster.guards.end(10, "thawed silent sure");
      return { kind: "exited", exitCode: 0 };
    };
    const taken = await takeGuarded(cluster);
    assert.deepEqual([taken.report.phase, guardsOf(taken)], ["PartiallyFailed", ["thawed"]]);
    assert.match(errorsOf(taken).join(), /thawed the pod early .*not consistent$/);
  });

  it("a post hook that fails because the guard was first is explained", async () => {
    const cluster = new GuardedCluster(hooked("db"));
    cluster.onCapture = () => cluster.guards.cut();
    cluster.onPost = fails;
    const taken = await takeGuarded(cluster);
    const [hook = "", guard = "", ...more] = errorsOf(taken);
    assert.match(hook, /^post hook .* failed: command terminated with exit code 1/);
    assert.match(guard, /was lost .* the post hooks that failed may have found it thawed already$/);
    assert.deepEqual(more, []);
  });

  it("a guard takes over where the post hook fails, which is a warning", async () => {
    const cluster = new GuardedCluster(hooked("db"));
    cluster.onPost = fails;
    const taken = await takeGuarded(cluster);
    assert.equal(cluster.guards.words.at(-1), "thaw");
    assert.deepEqual(guardsOf(taken), ["thawed"]);
    assert.equal(errorsOf(taken).length, 1);
    const warnings = taken.report.warnings.map(({ message }) => message);
    assert.ok(
      warnings.includes("the guard in container main ran the post hooks again and they succeeded"),
    );
  });

  it("a guard that fails too is an error of its own", async () => {
    const cluster = new GuardedCluster(hooked("db"));
    cluster.onPost = fails;
    cluster.guards.onThaw = { exitCode: 11, says: "thawed told sure" };
    const taken = await takeGuarded(cluster);
    assert.deepEqual(guardsOf(taken), ["failed to thaw"]);
    assert.equal(
      errorsOf(taken).at(-1),
      "the guard in container main ran the post hooks again and they failed too",
    );
  });
});

const shared = () =>
  new GuardedCluster(
    claim("shop/data"),
    ...["a", "b", "c"].map((name) => hooked(name, { claims: ["data"] })),
  );

describe("post hooks of several pods on one claim", () => {
  it("do not wait for the guards of others", async () => {
    const cluster = shared();
    cluster.guards.isDeaf = true;
    const taking = takeGuarded(cluster);
    await until(() => cluster.begun.includes("thaw a"));
    assert.equal(cluster.guards.running, 3);
    await until(() => cluster.clock.sleeping >= 3);
    await cluster.clock.advance(5000);
    const taken = await taking;
    assert.deepEqual(guardsOf(taken), ["lost", "lost", "lost"]);
  });

  it("run one after another, and all at once after a second Ctrl-C", async () => {
    const [cluster, first, second] = [shared(), new AbortController(), new AbortController()];
    const ends: ((outcome: ExecOutcome) => void)[] = [];
    cluster.onPost = () => new Promise((resolve) => ends.push(resolve));
    cluster.onCapture = () => {
      if (cluster.begun.includes("freeze c")) first.abort();
    };
    const taking = takeGuarded(cluster, { signal: first.signal, hurry: second.signal });
    await until(() => ends.length > 0);
    for (let turn = 0; turn < 10; turn += 1) await new Promise(setImmediate);
    assert.deepEqual(cluster.begun.slice(-1), ["thaw c"]);
    second.abort();
    await until(() => ends.length === 3);
    assert.deepEqual(cluster.begun.slice(-3), ["thaw c", "thaw b", "thaw a"]);
    for (const end of ends) end({ kind: "exited", exitCode: 0 });
    await assert.rejects(taking);
    assert.equal(cluster.guards.running, 0);
  });

  it("run though another one hangs in its time-out", async () => {
    const cluster = shared();
    cluster.onPost = (request, signal) =>
      request.command[1] === "c" ? never(request, signal) : { kind: "exited", exitCode: 0 };
    const taking = takeGuarded(cluster);
    await until(() => cluster.begun.includes("thaw c"));
    await cluster.clock.advance(30_000);
    const taken = await taking;
    assert.deepEqual(cluster.begun.slice(-3), ["thaw c", "thaw b", "thaw a"]);
    assert.deepEqual(guardsOf(taken).toSorted(), ["dismissed", "dismissed", "thawed"]);
  });
});
