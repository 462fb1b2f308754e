import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MemoryCluster, type ExecHandler } from "../../../support/memory-cluster.ts";
import { gistOf, hookAnnotations, takeBackup } from "../../../support/backup-builders.ts";
import { RecordingCluster } from "../../../support/recording-cluster.ts";
import { claim, namespace, pod } from "../../../support/builders.ts";

type Parts = Parameters<typeof pod>[1];

/** A pod whose hooks are called after it: "freeze db", "thaw db". */
function hooked(name: string, parts: Parts = {}, more: Record<string, string> = {}) {
  const commands = { pre: `["freeze","${name}"]`, post: `["thaw","${name}"]` };
  return pod(`shop/${name}`, { ...parts, annotations: hookAnnotations(commands, more) });
}

const order = (value: number | string): Record<string, string> => ({
  "hook/order": String(value),
});

/** Runs with every exec held open for some turns of the event loop, and tells how many there were at once. */
function countingExec() {
  const running = new Set<string>();
  const counts = { most: 0, mostInOnePod: 0, log: [] as string[] };
  const inPods = new Map<string, number>();
  const exec: ExecHandler = async (request) => {
    const inPod = (inPods.get(request.pod) ?? 0) + 1;
    inPods.set(request.pod, inPod);
    const key = request.command.join(" ");
    running.add(key);
    counts.most = Math.max(counts.most, running.size);
    counts.mostInOnePod = Math.max(counts.mostInOnePod, inPod);
    counts.log.push(key);
    for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
    running.delete(key);
    inPods.set(request.pod, inPod - 1);
    return { kind: "exited", exitCode: 0 };
  };
  return { exec, counts };
}

const begun = (taken: { cluster: { execs: readonly { command: readonly string[] }[] } }) =>
  taken.cluster.execs.map(({ command }) => command.join(" "));

describe("blocks: pods on one claim", () => {
  const shared = [namespace("shop"), claim("shop/data")];

  it("runs all pre hooks, captures, then all post hooks in reverse", async () => {
    const objects = [
      ...shared,
      hooked("b", { claims: ["data"] }),
      hooked("a", { claims: ["data"] }),
    ];
    const taken = await takeBackup({ objects, request: { parallelism: 4 } });
    assert.deepEqual(begun(taken), ["freeze a", "freeze b", "thaw b", "thaw a"]);
    assert.deepEqual(
      taken.report.blocks.map(({ pods, claims }) => ({ pods, claims })),
      [{ pods: ["shop/a", "shop/b"], claims: ["shop/data"] }],
    );
    assert.deepEqual((await taken.items()).slice(0, 3), [
      "pods shop/a",
      "persistentvolumeclaims shop/data",
      "pods shop/b",
    ]);
  });

  it("fetches a claim of several pods once", async () => {
    const pods = ["a", "b", "c"].map((name) => hooked(name, { claims: ["data"] }));
    const cluster = new RecordingCluster({ objects: [...shared, ...pods] });
    await takeBackup({ cluster });
    assert.deepEqual(cluster.readsOf("persistentvolumeclaims"), [
      "get persistentvolumeclaims shop/data",
      "list persistentvolumeclaims",
    ]);
  });

  it("orders them by the annotation, lower first", async () => {
    const objects = [
      ...shared,
      hooked("a", { claims: ["data"] }, order(10)),
      hooked("b", { claims: ["data"] }, order(-1)),
      hooked("c", { claims: ["data"] }),
    ];
    const taken = await takeBackup({ objects });
    const pods = ["b", "c", "a"];
    assert.deepEqual(begun(taken), [
      ...pods.map((name) => `freeze ${name}`),
      ...pods.toReversed().map((name) => `thaw ${name}`),
    ]);
  });

  it("a pre hook in error leaves its own pod out and none of the others", async () => {
    const objects = [
      ...shared,
      hooked("a", { claims: ["data"] }),
      hooked("b", { claims: ["data"] }),
    ];
    const taken = await takeBackup({
      objects,
      exec: ({ command }) => ({
        kind: "exited",
        exitCode: command.join(" ") === "freeze a" ? 1 : 0,
      }),
    });
    assert.deepEqual(begun(taken), ["freeze a", "freeze b", "thaw b", "thaw a"]);
    const items = await taken.items();
    assert.ok(!items.includes("pods shop/a"));
    assert.ok(items.includes("pods shop/b"));
    assert.deepEqual(taken.report.blocks[0]?.failedPods, ["shop/a"]);
  });

  it("a fault while one pod is thawed does not keep the next one frozen", async () => {
    const objects = [
      ...shared,
      hooked("a", { claims: ["data"] }),
      hooked("b", { claims: ["data"] }),
    ];
    class Faulty extends MemoryCluster {
      override exec(...call: Parameters<MemoryCluster["exec"]>) {
        if (call[0].command.join(" ") === "thaw b") throw new Error("a fault of ours");
        return super.exec(...call);
      }
    }
    const cluster = new Faulty({ objects });
    const taken = await takeBackup({ cluster });
    assert.deepEqual(begun(taken), ["freeze a", "freeze b", "thaw a"]);
    assert.deepEqual(taken.report.errors.map(gistOf), [
      "pods shop/b: post hooks broke off: a fault of ours",
    ]);
  });

  it("a fault while a pre hook runs does not keep the pod frozen", async () => {
    class Faulty extends MemoryCluster {
      override exec(...call: Parameters<MemoryCluster["exec"]>) {
        const exec = super.exec(...call);
        if (call[0].command[0] !== "freeze") return exec;
        throw new Error("a fault");
      }
    }
    const cluster = new Faulty({ objects: [...shared, hooked("a", { claims: ["data"] })] });
    await assert.rejects(takeBackup({ cluster }), { message: "a fault" });
    assert.deepEqual(begun({ cluster }), ["freeze a", "thaw a"]);
  });

  it("an observer that throws at every event of a hook loses neither a hook nor the pod", async () => {
    const twice = hooked("a", { claims: ["data"] });
    const spec = {
      hooks: {
        resources: [
          { name: "more", post: [{ exec: { command: ["one"] } }, { exec: { command: ["two"] } }] },
        ],
      },
    };
    const taken = await takeBackup({
      objects: [...shared, twice, pod("shop/b", { claims: ["data"] })],
      spec,
      observe: (event) => {
        if (event.kind.startsWith("hook")) throw new Error("a fault of the printer");
      },
    });
    assert.deepEqual(begun(taken), ["freeze a", "one", "two", "thaw a"]);
    assert.ok((await taken.items()).includes("pods shop/a"));
    assert.match((await taken.log()).join(), /a fault of the printer/);
  });
});

describe("blocks side by side", () => {
  const objects = [
    namespace("shop"),
    ...["a", "b", "c", "d", "e", "f", "g", "h"].map((name) => hooked(name)),
  ];

  for (const parallelism of [1, 3]) {
    it(`runs at most ${parallelism} at once, and never two hooks in one pod`, async () => {
      const { exec, counts } = countingExec();
      const taken = await takeBackup({ objects, exec, request: { parallelism } });
      assert.deepEqual([counts.most, counts.mostInOnePod], [parallelism, 1]);
      assert.equal(counts.log.length, 16);
      assert.equal(taken.report.phase, "Completed");
    });
  }

  it("lets hooks of different blocks overlap, each pod's thaw after its own freeze", async () => {
    const { exec, counts } = countingExec();
    await takeBackup({ objects, exec, request: { parallelism: 8 } });
    assert.equal(counts.most, 8);
    for (const name of ["a", "h"]) {
      assert.ok(counts.log.indexOf(`freeze ${name}`) < counts.log.indexOf(`thaw ${name}`));
    }
  });

  it("begins no wave of a higher hook order before the lower one has ended", async () => {
    const { exec, counts } = countingExec();
    const waves = [
      namespace("shop"),
      hooked("late-1", {}, order(5)),
      hooked("late-2", {}, order(5)),
      hooked("first", {}, order(-2)),
      hooked("middle"),
    ];
    await takeBackup({ objects: waves, exec, request: { parallelism: 8 } });
    assert.deepEqual(counts.log.slice(0, 4), [
      "freeze first",
      "thaw first",
      "freeze middle",
      "thaw middle",
    ]);
    assert.deepEqual(counts.log.slice(4, 6), ["freeze late-1", "freeze late-2"]);
  });

  it("runs the pods that orderedResources names one by one, in its order, before the rest", async () => {
    const { exec, counts } = countingExec();
    const spec = { orderedResources: { pods: "shop/h,shop/c" } };
    await takeBackup({ objects, spec, exec, request: { parallelism: 8 } });
    assert.deepEqual(counts.log.slice(0, 5), [
      "freeze h",
      "thaw h",
      "freeze c",
      "thaw c",
      "freeze a",
    ]);
  });

  it("an order that is no integer counts as 0 and is warned about", async () => {
    const taken = await takeBackup({ objects: [hooked("a", {}, order("soon"))] });
    assert.match(taken.report.warnings.map(gistOf).join(), /"soon" is not an integer: 0 is used/);
  });
});
