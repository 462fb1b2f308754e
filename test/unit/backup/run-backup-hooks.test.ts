import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ExecHandler } from "../../support/memory-cluster.ts";
import {
  aCluster,
  gistOf,
  hookAnnotations,
  takeBackup,
  type BackupSetup,
} from "../../support/backup-builders.ts";
import { claim, namespace, pod, volume } from "../../support/builders.ts";

/** Commands that start with "bad" exit with 1. */
const exec: ExecHandler = ({ command: [word = ""] }) => ({
  kind: "exited",
  exitCode: word.startsWith("bad") ? 1 : 0,
});

const frozen = { pre: "freeze", post: "thaw" };

function aDatabase(annotations: Record<string, string>, changes: Parameters<typeof pod>[1] = {}) {
  return [
    namespace("shop"),
    pod("shop/db", { claims: ["data"], annotations, ...changes }),
    claim("shop/data", "pv-1"),
    volume("pv-1", "shop/data"),
  ];
}

const everything = [
  "namespaces shop",
  "persistentvolumeclaims shop/data",
  "persistentvolumes pv-1",
];

async function outcomeOf(setup: BackupSetup) {
  const taken = await takeBackup({ exec, ...setup });
  const { phase, errors, warnings, hooks } = taken.report;
  return {
    phase,
    items: (await taken.items()).toSorted(),
    execs: taken.execs(),
    errors: errors.map(gistOf),
    warnings: warnings.map(gistOf),
    hooks: hooks.map(({ hook, status, reason }) => [hook.phase, status, reason].join(" ").trim()),
    taken,
  };
}

describe("runBackup: the hooks of one pod (Ark 0.8.1, semantics 1.6, with the deliberate differences)", () => {
  it("runs pre, captures pod, claim and volume, runs post", async () => {
    const result = await outcomeOf({ objects: aDatabase(hookAnnotations(frozen)) });
    assert.equal(result.phase, "Completed");
    assert.deepEqual(result.execs, ["shop/db: freeze", "shop/db: thaw"]);
    assert.deepEqual((await result.taken.items()).slice(0, 3), [
      "pods shop/db",
      "persistentvolumeclaims shop/data",
      "persistentvolumes pv-1",
    ]);
    assert.deepEqual(result.items, [...everything, "pods shop/db"].toSorted());
    assert.deepEqual([result.errors, result.warnings], [[], []]);
  });

  it("captures pod, claim and volume before the post hook is begun", async () => {
    const objects = aDatabase(hookAnnotations(frozen));
    const cluster = aCluster({ objects });
    cluster.onExec = async ({ command }) => {
      if (command[0] === "thaw") {
        const signal = new AbortController().signal;
        await cluster.delete(cluster.resource("pods"), { namespace: "shop", name: "db" }, signal);
        const target = { namespace: "shop", name: "data" };
        await cluster.delete(cluster.resource("persistentvolumeclaims"), target, signal);
      }
      return { kind: "exited", exitCode: 0 };
    };
    const result = await outcomeOf({ cluster });
    assert.deepEqual(result.items, [...everything, "pods shop/db"].toSorted());
    assert.equal(result.phase, "Completed");
  });

  it("a pre hook in error with Fail: post hooks run, the pod is left out, its claim comes by its own list, as Ark 0.8.1 but for the post hook", async () => {
    const objects = aDatabase(hookAnnotations({ pre: "bad", post: "thaw" }));
    const result = await outcomeOf({ objects });
    assert.equal(result.phase, "PartiallyFailed");
    assert.deepEqual(result.execs, ["shop/db: bad", "shop/db: thaw"]);
    assert.deepEqual(result.items, everything);
    assert.deepEqual(result.hooks, ["pre failed ExitCode", "post succeeded"]);
    assert.deepEqual(result.errors, [
      "pods shop/db: pre hook <from-annotation> in container main failed: command terminated with exit code 1",
      "pods shop/db: the pod is not in the backup, nor is the data of its claim (shop/data), because a pre hook failed",
    ]);
    assert.deepEqual(result.taken.report.blocks[0]?.failedPods, ["shop/db"]);
  });

  it("says nothing of volumes when the pod that is left out has none", async () => {
    const objects = [
      namespace("shop"),
      pod("shop/db", { annotations: hookAnnotations({ pre: "bad" }) }),
    ];
    const { errors } = await outcomeOf({ objects });
    assert.equal(
      errors[1],
      "pods shop/db: the pod is not in the backup, because a pre hook failed",
    );
  });

  it("skips the pre hooks after the one that failed, but no post hook", async () => {
    const spec = {
      hooks: {
        resources: [
          {
            name: "all",
            pre: [
              { exec: { command: ["one"] } },
              { exec: { command: ["bad"] } },
              { exec: { command: ["three"] } },
            ],
            post: [{ exec: { command: ["bad post"] } }, { exec: { command: ["last"] } }],
          },
        ],
      },
    };
    const result = await outcomeOf({ objects: aDatabase({}), spec });
    assert.deepEqual(
      result.execs.map((line) => line.slice("shop/db: ".length)),
      ["one", "bad", "bad post", "last"],
    );
    assert.deepEqual(result.hooks, [
      "pre succeeded",
      "pre failed ExitCode",
      "pre skipped EarlierHookFailed",
      "post failed ExitCode",
      "post succeeded",
    ]);
  });

  it("a pre hook in error with Continue: the pod is archived, and the error counts (Ark 0.8.1 said Completed)", async () => {
    const annotations = hookAnnotations(
      { pre: "bad", post: "thaw" },
      { "pre.hook/on-error": "Continue" },
    );
    const result = await outcomeOf({ objects: aDatabase(annotations) });
    assert.equal(result.phase, "PartiallyFailed");
    assert.deepEqual(result.execs, ["shop/db: bad", "shop/db: thaw"]);
    assert.ok(result.items.includes("pods shop/db"));
    assert.equal(result.errors.length, 1);
    assert.deepEqual(result.taken.report.blocks[0]?.failedPods, []);
  });

  for (const [what, more] of [
    ["unset", {}],
    ["invalid", { "pre.hook/on-error": "Retry" }],
    ["Fail", { "pre.hook/on-error": "Fail" }],
  ] as const) {
    it(`a wrong container with on-error ${what}: nothing was begun, so the post hooks have nothing to undo`, async () => {
      const annotations = hookAnnotations(frozen, { "pre.hook/container": "nope", ...more });
      const result = await outcomeOf({ objects: aDatabase(annotations) });
      assert.equal(result.phase, "PartiallyFailed");
      assert.deepEqual(result.execs, []);
      assert.deepEqual(result.items, everything);
      assert.match(result.errors[0] ?? "", /no such container: "nope"; the pod has main/);
      const [block] = result.taken.report.blocks;
      assert.deepEqual([block?.failedPods, block?.quiescedMs], [["shop/db"], undefined]);
    });
  }

  it("a wrong container with Continue: the pod is archived and its post hook runs", async () => {
    const more = { "pre.hook/container": "nope", "pre.hook/on-error": "Continue" };
    const result = await outcomeOf({ objects: aDatabase(hookAnnotations(frozen, more)) });
    assert.deepEqual(result.execs, ["shop/db: thaw"]);
    assert.ok(result.items.includes("pods shop/db"));
    assert.equal(result.phase, "PartiallyFailed");
  });

  it("warns about annotation values that a default has replaced", async () => {
    const more = { "pre.hook/on-error": "Retry", "post.hook/timeout": "soon" };
    const result = await outcomeOf({ objects: aDatabase(hookAnnotations(frozen, more)) });
    assert.equal(result.phase, "Completed");
    assert.equal(result.warnings.length, 2);
    assert.match(result.warnings[0] ?? "", /^pods shop\/db: .*on-error "Retry"/);
    assert.match(result.warnings[1] ?? "", /^pods shop\/db: .*timeout "soon"/);
  });

  it("a post hook in error keeps the pod in the archive and counts (Ark 0.8.1 left the pod out)", async () => {
    const objects = aDatabase(hookAnnotations({ pre: "freeze", post: "bad" }));
    const result = await outcomeOf({ objects });
    assert.equal(result.phase, "PartiallyFailed");
    assert.ok(result.items.includes("pods shop/db"));
    assert.equal(result.errors.length, 1);
    assert.match(result.errors[0] ?? "", /^pods shop\/db: post hook/);
  });

  it("a post hook without a pre hook runs", async () => {
    const result = await outcomeOf({ objects: aDatabase(hookAnnotations({ post: "thaw" })) });
    assert.deepEqual(result.execs, ["shop/db: thaw"]);
    assert.equal(result.phase, "Completed");
  });

  for (const phase of ["Succeeded", "Failed"]) {
    it(`skips the hooks of a ${phase} pod with a note, archives it and counts no error`, async () => {
      const result = await outcomeOf({ objects: aDatabase(hookAnnotations(frozen), { phase }) });
      assert.equal(result.phase, "Completed");
      assert.deepEqual(result.execs, []);
      assert.deepEqual(result.hooks, ["pre skipped PodCompleted", "post skipped PodCompleted"]);
      assert.ok(result.items.includes("pods shop/db"));
      assert.equal(result.taken.report.blocks[0]?.quiescedMs, undefined);
    });
  }

  it("a Pending pod's hook is in error", async () => {
    const objects = aDatabase(hookAnnotations(frozen), { phase: "Pending" });
    const result = await outcomeOf({ objects });
    assert.equal(result.phase, "PartiallyFailed");
    assert.match(result.errors[0] ?? "", /container "main" is not running \(the pod is Pending\)/);
  });

  it("an exec that ends without a status is in error, outcome unknown, and the post hook runs", async () => {
    const result = await outcomeOf({
      objects: aDatabase(hookAnnotations(frozen)),
      exec: ({ command }) =>
        command[0] === "freeze"
          ? { kind: "unknown", message: "the connection was lost" }
          : { kind: "exited", exitCode: 0 },
    });
    assert.deepEqual(result.execs, ["shop/db: freeze", "shop/db: thaw"]);
    assert.deepEqual(result.hooks, ["pre failed OutcomeUnknown", "post succeeded"]);
    assert.match(result.errors[0] ?? "", /outcome unknown: the connection was lost/);
    assert.deepEqual(result.items, everything);
  });

  it("measures how long the pods were quiesced, and says nothing of it where no hook ran", async () => {
    const { taken } = await outcomeOf({
      objects: [
        ...aDatabase(hookAnnotations(frozen)),
        pod("shop/web", { claims: ["web"] }),
        claim("shop/web"),
      ],
    });
    const [db, web] = taken.report.blocks;
    assert.deepEqual([db?.pods, db?.claims, db?.quiescedMs], [["shop/db"], ["shop/data"], 0]);
    assert.deepEqual(
      [web?.pods, web?.claims, web?.quiescedMs],
      [["shop/web"], ["shop/web"], undefined],
    );
  });
});
