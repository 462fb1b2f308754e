import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { getHooks, type HooksGetArguments } from "../../../../src/cli/commands/hooks-get.ts";
import type { KubernetesObject } from "../../../../src/cluster/cluster.ts";
import { fieldAt } from "../../../../src/hooks/hook-target.ts";
import { ArkError } from "../../../../src/lib/errors.ts";
import { deployment, pod } from "../../../support/builders.ts";
import { capturedContext } from "../../../support/captured-context.ts";
import { MemoryCluster } from "../../../support/memory-cluster.ts";

const PRE = "pre.hook.backup.ark.heptio.com";
const POST = "post.hook.backup.ark.heptio.com";
const hooked = { [`${PRE}/command`]: '["sh","-c","sync; x"]', [`${POST}/command`]: "thaw" };
const template = { metadata: { annotations: hooked }, spec: { containers: [{ name: "db" }] } };

function clusterOf(...objects: readonly KubernetesObject[]): MemoryCluster {
  return new MemoryCluster({ identity: { namespace: "shop" }, objects, pageSize: 2 });
}

async function run(cluster: MemoryCluster, flags: HooksGetArguments = {}) {
  const context = capturedContext();
  const code = await getHooks(flags, cluster, context);
  return { code, output: context.output(), errors: context.errors() };
}

/** The table's cells, row by row. */
function cells(table: string): string[][] {
  return table
    .trimEnd()
    .split("\n")
    .map((line) => line.split(/ {3,}/));
}

suite("hooks get", () => {
  test("the pods of the namespace that have hooks, with defaults filled in", async () => {
    const cluster = clusterOf(
      pod("shop/a"),
      pod("shop/b", { annotations: { mine: "1" } }),
      pod("shop/c", { annotations: hooked }),
      pod("bank/d", { annotations: hooked }),
    );
    const { code, output, errors } = await run(cluster);
    assert.deepEqual([code, errors], [0, ""]);
    assert.deepEqual(cells(output), [
      ["POD", "PHASE", "CONTAINER", "COMMAND", "ON-ERROR", "TIMEOUT", "NOTE"],
      ["c", "pre", "main", "sh -c 'sync; x'", "Fail", "30s", "<none>"],
      ["c", "post", "main", "thaw", "Fail", "30s", "<none>"],
    ]);
  });

  test("-A shows the namespace of each", async () => {
    const cluster = clusterOf(
      ...["shop/a", "bank/d"].map((path) => pod(path, { annotations: hooked })),
    );
    const { output } = await run(cluster, { "all-namespaces": true, "no-headers": true });
    assert.deepEqual(
      cells(output).map(([namespace, name]) => `${namespace}/${name}`),
      ["bank/d", "bank/d", "shop/a", "shop/a"],
    );
  });

  test("a workload shows its template's", async () => {
    const cluster = clusterOf(deployment("shop/db", { spec: { template } }));
    const { output } = await run(cluster, { target: ["deploy", "db"], output: "wide" });
    const [header, pre] = cells(output);
    assert.deepEqual([header?.[0], header?.[7]], ["NAME", "KEY"]);
    assert.deepEqual(
      [pre?.[0], pre?.[2], pre?.[7]],
      ["deployment.apps/db", "db", `${PRE}/command`],
    );
  });

  test("-o json has every field", async () => {
    const { output } = await run(clusterOf(pod("shop/c", { annotations: hooked })), {
      output: "json",
    });
    assert.deepEqual(fieldAt(JSON.parse(output), ["items", "1"]), {
      namespace: "shop",
      kind: "Pod",
      name: "c",
      phase: "post",
      container: "main",
      command: ["thaw"],
      onError: "Fail",
      timeout: "30s",
      key: `${POST}/command`,
      order: null,
      warnings: [],
    });
  });

  test("-o name gives each object once", async () => {
    const { output } = await run(clusterOf(pod("shop/c", { annotations: hooked })), {
      output: "name",
    });
    assert.equal(output, "pod/c\n");
  });

  test("nothing found is said on stderr and is no failure", async () => {
    assert.deepEqual(await run(clusterOf(pod("shop/a"))), {
      code: 0,
      output: "",
      errors: "No hooks found in shop namespace.\n",
    });
    const json = await run(clusterOf(), { output: "json", "all-namespaces": true });
    assert.deepEqual(JSON.parse(json.output), { items: [] });
    assert.equal(json.errors, "No hooks found.\n");
  });

  test("what would not run as meant has a note", async () => {
    const annotations = { [`${PRE}/command`]: "/bin/ls -l", [`${PRE}/container`]: "nope" };
    const { output } = await run(clusterOf(pod("shop/c", { annotations })), { output: "wide" });
    assert.match(output, /no such container: "nope"; the pod has main; command .* is not split/);
  });

  test("hostile values are escaped and cut", async () => {
    const command = JSON.stringify(["x\u001b]0;title\u0007\n\u202e", "y".repeat(100_000)]);
    const { output } = await run(
      clusterOf(pod("shop/c", { annotations: { [`${PRE}/command`]: command } })),
    );
    assert.deepEqual(
      ["\u001b", "\u0007", "\u202e"].filter((control) => output.includes(control)),
      [],
    );
    assert.ok(output.length < 1000);
    assert.equal(output.split("\n").length, 3);
  });

  test("an object that is not there does not hide the others, and the exit code is 1", async () => {
    const cluster = clusterOf(pod("shop/c", { annotations: hooked }));
    const { code, output, errors } = await run(cluster, { target: ["pods", "nope", "c"] });
    assert.equal(code, 1);
    assert.match(output, /^c {3}/m);
    assert.match(errors, /^error: pod\/nope: .*not found/);
  });

  test("a list that is forbidden is an error, not an empty answer", async () => {
    const cluster = clusterOf();
    const error = new ArkError("Forbidden", "cannot list pods", { hint: "Name a namespace." });
    cluster.fail({ verb: "list", resource: "pods", error });
    const { code, errors } = await run(cluster, { "all-namespaces": true });
    assert.deepEqual(
      [code, errors],
      [1, "error: pod: cannot list pods\nhint: Name a namespace.\n"],
    );
  });

  test("a name across all namespaces is refused", async () => {
    const failing = run(clusterOf(), { target: ["pod/a"], "all-namespaces": true });
    await assert.rejects(failing, /cannot be named across all namespaces/);
  });
});
