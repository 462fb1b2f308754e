import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { setHooks, type HooksSetArguments } from "../../../../src/cli/commands/hooks-set.ts";
import type { KubernetesObject } from "../../../../src/cluster/cluster.ts";
import { fieldAt } from "../../../../src/hooks/hook-target.ts";
import { deployment, pod } from "../../../support/builders.ts";
import { capturedContext } from "../../../support/captured-context.ts";
import { MemoryCluster } from "../../../support/memory-cluster.ts";

const PRE = "pre.hook.backup.ark.heptio.com";
const POST = "post.hook.backup.ark.heptio.com";
const data = [{ name: "data", mountPath: "/data" }];
const sidecar = { name: "car", securityContext: { privileged: true }, volumeMounts: data };

async function run(object: KubernetesObject, flags: Partial<HooksSetArguments>) {
  const cluster = new MemoryCluster({ identity: { namespace: "shop" }, objects: [object] });
  const context = capturedContext();
  await setHooks({ target: ["pod/db"], keys: "ark", ...flags }, cluster, context);
  const found = cluster.find(flags.target ? "deployments.apps" : "pods", "db", "shop");
  const path = [...(flags.target ? ["spec", "template"] : []), "metadata", "annotations"];
  return { annotations: fieldAt(found, path), errors: context.errors() };
}

function podWith(containers: readonly object[], annotations: Record<string, string> = {}) {
  const containerStatuses = containers.map((container) => ({
    ...container,
    state: { running: {} },
  }));
  const status = { phase: "Running", containerStatuses };
  return { ...pod("shop/db", { annotations }), spec: { containers }, status };
}

function annotate(key: string, settings: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [`${key}/${name}`, value]),
  );
}

const fsfreeze = { recipe: "fsfreeze", "recipe-set": ["path=/data"] } as const;

suite("hooks set --recipe", () => {
  test("sets both hooks with time-out and on-error of the recipe", async () => {
    const { annotations, errors } = await run(podWith([{ name: "db" }, sidecar]), {
      ...fsfreeze,
      container: "car",
    });
    assert.equal(errors, "");
    const settings = { container: "car", "on-error": "Fail", timeout: "1m" };
    assert.deepEqual(annotations, {
      ...annotate(PRE, { command: '["fsfreeze","--freeze","/data"]', ...settings }),
      ...annotate(POST, { command: '["fsfreeze","--unfreeze","/data"]', ...settings }),
    });
  });

  test("flags go before what the recipe says, and a path may hold anything", async () => {
    const path = `/data/it's "$HOME" a=b`;
    const { annotations } = await run(podWith([sidecar]), {
      recipe: "fsfreeze",
      "recipe-set": [`path=${path}`],
      timeout: "7s",
      "post-on-error": "Continue",
    });
    assert.deepEqual(annotations, {
      [`${PRE}/command`]: JSON.stringify(["fsfreeze", "--freeze", path]),
      [`${PRE}/on-error`]: "Fail",
      [`${PRE}/timeout`]: "7s",
      [`${POST}/command`]: JSON.stringify(["fsfreeze", "--unfreeze", path]),
      [`${POST}/on-error`]: "Continue",
      [`${POST}/timeout`]: "7s",
    });
  });

  test("one without a post hook leaves none of an earlier one, but takes one that is given", async () => {
    const earlier = {
      [`${POST}/command`]: '["thaw"]',
      [`${POST}/timeout`]: "9s",
      "post.hook.backup.velero.io/command": '["thaw"]',
      mine: "1",
    };
    const object = podWith([{ name: "db" }], earlier);
    const alone = await run(object, { recipe: "redis" });
    assert.deepEqual(Object.keys(alone.annotations ?? {}).toSorted(), [
      "mine",
      `${PRE}/command`,
      `${PRE}/on-error`,
      `${PRE}/timeout`,
    ]);
    const both = await run(object, { recipe: "redis", post: ["resume"] });
    assert.equal(fieldAt(both.annotations, [`${POST}/command`]), '["resume"]');
  });

  test("says what stands in its way: privilege, a volume, and which container it takes", async () => {
    const { errors } = await run(podWith([{ name: "db" }, sidecar]), fsfreeze);
    assert.match(errors, /runs in container db, the first/);
    assert.match(errors, /fsfreeze needs a privileged container, and db is none/);
    assert.match(errors, /\/data is on no volume that container db mounts/);
  });

  test("a pod template is looked at as well, and a directory below a mount is on its volume", async () => {
    const template = { metadata: {}, spec: { containers: [{ name: "db", volumeMounts: data }] } };
    const { errors, annotations } = await run(deployment("shop/db", { spec: { template } }), {
      target: ["deploy/db"],
      yes: true,
      recipe: "mariadb",
      "recipe-set": ["path=/data/dumps"],
    });
    assert.equal(errors, "");
    assert.equal(fieldAt(annotations, [`${PRE}/timeout`]), "30m");
    const beside = { target: ["deploy/db"], yes: true, recipe: "mariadb" } as const;
    const other = await run(deployment("shop/db", { spec: { template } }), {
      ...beside,
      "recipe-set": ["path=/database"],
    });
    assert.match(other.errors, /\/database is on no volume that container db mounts/);
  });
});
