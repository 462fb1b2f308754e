import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { claim, pod } from "../../../support/builders.ts";
import {
  endless,
  errorsOf,
  GuardedCluster,
  guardsOf,
  hooked,
  never,
  takeGuarded,
  until,
} from "../../../support/guarded-backup.ts";
import { hasCode } from "../../../../src/lib/errors.ts";
import { gistOf } from "../../../support/backup-builders.ts";

const passed =
  "max-freeze of 1m0s passed before shop/db was captured: thawed, and what was captured is not consistent";
const request = { maxFreezeMs: 60_000 };

describe("max-freeze", () => {
  it("breaks a pre hook off: thawed, left out, an error", async () => {
    const cluster = new GuardedCluster(hooked("db", {}, { "pre.hook/timeout": "1h" }));
    cluster.onPre = never;
    const taking = takeGuarded(cluster, { request });
    await until(() => cluster.begun.includes("freeze db"));
    await cluster.clock.advance(60_000);
    const taken = await taking;
    assert.deepEqual(cluster.begun, ["guard db", "freeze db", "thaw db"]);
    assert.equal(taken.report.phase, "PartiallyFailed");
    assert.ok(errorsOf(taken).includes(passed));
    assert.ok(!(await taken.items()).includes("pods shop/db"));
    assert.deepEqual(guardsOf(taken), ["dismissed"]);
  });

  it("breaks the capture off: thawed, an error, and a guard that leaves it to the client", async () => {
    const cluster = new GuardedCluster(hooked("db"));
    cluster.onCapture = endless;
    const taking = takeGuarded(cluster, { request });
    await until(() => cluster.begun.includes("freeze db"));
    await until(() => cluster.clock.sleeping >= 2);
    await cluster.clock.advance(60_000);
    const taken = await taking;
    assert.deepEqual(cluster.begun, ["guard db", "freeze db", "thaw db"]);
    assert.deepEqual([taken.report.phase, errorsOf(taken)], ["PartiallyFailed", [passed]]);
    assert.ok(cluster.guards.words.includes("thawing"));
    assert.equal(taken.report.blocks[0]?.quiescedMs, 60_000);
  });

  it("does not limit a block without pre hooks", async () => {
    const cluster = new GuardedCluster(pod("shop/db", { claims: ["data"] }), claim("shop/data"));
    const { report } = await takeGuarded(cluster, { request: { maxFreezeMs: 1000 } });
    assert.equal(report.phase, "Completed");
    assert.equal(cluster.clock.sleeping, 0);
  });

  it("is no matter once the caller has interrupted", async () => {
    const [cluster, controller] = [new GuardedCluster(hooked("db")), new AbortController()];
    cluster.onCapture = (signal) => {
      controller.abort();
      return endless(signal);
    };
    const taking = takeGuarded(cluster, { request, signal: controller.signal });
    await assert.rejects(taking, (error) => hasCode(error, "Cancelled"));
    assert.deepEqual(cluster.begun, ["guard db", "freeze db", "thaw db"]);
  });
});

describe("a guard that is gone breaks the capture off at once", () => {
  it("when its connection was cut: the post hooks run, one error says what it means", async () => {
    const cluster = new GuardedCluster(hooked("db"));
    cluster.onCapture = (signal) => {
      cluster.guards.cut();
      return endless(signal);
    };
    const taken = await takeGuarded(cluster);
    assert.deepEqual(cluster.begun, ["guard db", "freeze db", "thaw db"]);
    const message =
      "the guard in container main was lost (the connection was cut) and may have thawed the pod early: what was captured is not consistent";
    assert.deepEqual(taken.report.errors.map(gistOf), [`pods shop/db: ${message}`]);
    assert.deepEqual([taken.report.phase, guardsOf(taken)], ["PartiallyFailed", ["lost"]]);
  });

  it("when it has thawed for good: no post hook runs twice", async () => {
    const cluster = new GuardedCluster(hooked("db"));
    cluster.onCapture = (signal) => {
      cluster.guards.end(10, "thawed silent sure");
      return endless(signal);
    };
    const taken = await takeGuarded(cluster);
    assert.deepEqual(cluster.begun, ["guard db", "freeze db"]);
    const message =
      "the guard in container main thawed the pod early (nothing was heard of this client): what was captured is not consistent";
    assert.deepEqual(errorsOf(taken), [message]);
  });

  it("when it thawed while a pre hook may have gone on: the post hooks run", async () => {
    const cluster = new GuardedCluster(hooked("db"));
    cluster.onCapture = (signal) => {
      cluster.guards.end(10, "thawed silent unsure");
      return endless(signal);
    };
    const taken = await takeGuarded(cluster);
    assert.deepEqual(cluster.begun, ["guard db", "freeze db", "thaw db"]);
    assert.match(
      errorsOf(taken).join(),
      /^the guard .* a pre hook may have frozen again.*not consistent$/,
    );
  });

  it("when this client slept too long for it, whatever it says later", async () => {
    const cluster = new GuardedCluster(hooked("db"));
    const startMs = Date.now();
    let sleptMs = 0;
    cluster.clock.now = () => new Date(startMs + sleptMs);
    cluster.onCapture = (signal) => {
      sleptMs = 90_000;
      return endless(signal);
    };
    const taking = takeGuarded(cluster);
    await until(() => sleptMs > 0);
    // Seen with the next word or heartbeat.
    for (let times = 0; times < 2; times += 1) await cluster.clock.advance(5000);
    const taken = await taking;
    assert.deepEqual(cluster.begun, ["guard db", "freeze db", "thaw db"]);
    assert.match(
      errorsOf(taken).join(),
      /^this client did nothing for 90 s .* while shop\/db was frozen: .* not consistent$/,
    );
    assert.deepEqual(guardsOf(taken), ["dismissed"]);
  });
});
