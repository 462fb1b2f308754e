import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { setHooks, type HooksSetArguments } from "../../../../src/cli/commands/hooks-set.ts";
import type { KubernetesObject, OwnerReference } from "../../../../src/cluster/cluster.ts";
import { ArkError } from "../../../../src/lib/errors.ts";
import { object, pod } from "../../../support/builders.ts";
import { capturedContext } from "../../../support/captured-context.ts";
import { MemoryCluster } from "../../../support/memory-cluster.ts";

async function remarks(
  objects: readonly KubernetesObject[],
  flags: Partial<HooksSetArguments>,
  prepare: (cluster: MemoryCluster) => void = () => {},
): Promise<string> {
  const cluster = new MemoryCluster({ identity: { namespace: "shop" }, objects });
  prepare(cluster);
  const context = capturedContext();
  const both = { pre: ["freeze"], post: ["thaw"], keys: "ark", "dry-run": "client" } as const;
  assert.equal(await setHooks({ ...both, ...flags }, cluster, context), 0);
  return context.errors();
}

function ownedBy(apiVersion: string, kind: string, name: string) {
  const owner: OwnerReference = { apiVersion, kind, name, uid: `uid-${name}`, controller: true };
  return { metadata: { ownerReferences: [owner] } };
}

suite("remarks of hooks set", () => {
  const replicaSet = object(
    "apps/v1",
    "ReplicaSet",
    "shop/db-1",
    ownedBy("apps/v1", "Deployment", "db"),
  );
  const replicas = ["a", "b", "c", "d", "e"].map((name) =>
    pod(`shop/${name}`, {}, ownedBy("apps/v1", "ReplicaSet", "db-1")),
  );

  test("a pod of a Deployment is told to be replaced one day, with what to change instead", async () => {
    const text = await remarks([replicaSet, ...replicas], { target: ["pod/a"] });
    assert.match(
      text,
      /made by deployment.apps\/db: .*lost.*change deployment.apps\/db in namespace shop/,
    );
  });

  test("many pods of one owner are told once, and the owner is asked for once", async () => {
    let text = "";
    text = await remarks(
      [replicaSet, ...replicas],
      { target: ["pods"], selector: "!none" },
      (cluster) => {
        const error = new ArkError("Internal", "asked twice");
        const get = cluster.get.bind(cluster);
        let asked = 0;
        cluster.get = async (...request) => {
          if (++asked > 1) throw error;
          return await get(...request);
        };
      },
    );
    assert.equal(text.trim().split("\n").length, 1);
    assert.match(text, /\(pod\/a, pod\/b, pod\/c and 2 others\)/);
  });

  test("where the ReplicaSet may not be read it is named itself", async () => {
    const text = await remarks([replicaSet, ...replicas], { target: ["pod/a"] }, (cluster) => {
      const error = new ArkError("Forbidden", "cannot get replicasets");
      cluster.fail({ verb: "get", resource: "replicasets.apps", error });
    });
    assert.match(text, /made by replicaset.apps\/db-1/);
  });

  test("a pod of a custom resource is told that it is lost, without advice that would not work", async () => {
    const text = await remarks([pod("shop/a", {}, ownedBy("pg.example/v1", "Cluster", "main"))], {
      target: ["pod/a"],
    });
    assert.match(
      text,
      /made by cluster.pg.example\/main: the change is lost when the pod is replaced \(/,
    );
  });

  test("the default container is named where there is a choice, and only there", async () => {
    const choice = pod("shop/a", { containers: ["main", "car"] });
    assert.match(
      await remarks([choice], { target: ["pod/a"] }),
      /note: runs in container main.*car/,
    );
    assert.equal(await remarks([choice], { target: ["pod/a"], container: "main" }), "");
    assert.equal(await remarks([pod("shop/b")], { target: ["pod/b"] }), "");
  });

  test("a pre hook without a post hook is warned about", async () => {
    const text = await remarks([pod("shop/a")], { target: ["pod/a"], post: undefined });
    assert.match(text, /warning: there is a pre hook and no post hook/);
    const annotations = { "post.hook.backup.velero.io/command": "thaw" };
    const paired = await remarks([pod("shop/a", { annotations })], {
      target: ["pod/a"],
      post: undefined,
    });
    assert.equal(paired, "");
  });

  test("Velero's keys that lose against Ark's are warned about", async () => {
    const annotations = { "pre.hook.backup.ark.heptio.com/command": "old" };
    const text = await remarks([pod("shop/a", { annotations })], {
      target: ["pod/a"],
      keys: "velero",
    });
    assert.match(text, /pre.hook.backup.velero.io\/command is ignored: pre.hook.backup.ark/);
  });

  test("control characters of an annotation reach no terminal", async () => {
    const annotations = { "pre.hook.backup.ark.heptio.com/com\u001b[31mand": "x" };
    const text = await remarks([pod("shop/a", { annotations })], { target: ["pod/a"] });
    assert.match(text, /com\\u\{1b\}/);
    assert.ok(!text.includes("\u001b"));
  });
});
