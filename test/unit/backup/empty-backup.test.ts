import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ArkError } from "../../../src/lib/errors.ts";
import { aCluster, gistOf, hookAnnotations, takeBackup } from "../../support/backup-builders.ts";
import { claim, configMap, namespace, pod } from "../../support/builders.ts";

describe("a backup that holds no object", () => {
  it("because a selector matches nothing is Failed, says so in report and log, and is stored", async () => {
    const taken = await takeBackup({
      objects: [namespace("shop"), configMap("shop/c")],
      spec: { labelSelector: { matchLabels: { app: "bd" } } },
    });
    assert.equal(taken.report.phase, "Failed");
    assert.deepEqual(taken.report.errors.map(gistOf), [
      "nothing matches what was asked for: the backup holds no object",
    ]);
    assert.match(taken.report.errors[0]?.hint ?? "", /kubectl get/);
    assert.match((await taken.log()).join(), /level=error .*nothing matches/);
    assert.equal((await taken.record()).phase, "Failed");
  });

  it("because it may not be read has that error only", async () => {
    const cluster = aCluster({ objects: [configMap("shop/c")] });
    const error = new ArkError("Forbidden", "no");
    cluster.fail({ verb: "list", resource: "configmaps", error });
    const spec = { includedResources: ["configmaps"] };
    const { report } = await takeBackup({ cluster, spec });
    assert.deepEqual(report.errors.map(gistOf), ["configmaps: no"]);
    assert.equal(report.phase, "Failed");
  });
});

const failsInA = ({ pod: name }: { readonly pod: string }) =>
  ({ kind: "exited", exitCode: name === "a" ? 1 : 0 }) as const;

describe("a pod whose pre hook failed", () => {
  const annotations = hookAnnotations({ pre: "freeze", post: "thaw" });

  for (const [what, claims, expected] of [
    [
      "shares its claim",
      ["data"],
      "the pod is not in the backup, nor is the data of its claim (shop/data), because a pre hook failed",
    ],
    [
      "shares one of its claims",
      ["data", "own", "more"],
      "the pod is not in the backup, nor is the data of its claims (shop/data, shop/own, shop/more), because a pre hook failed",
    ],
  ] as const) {
    it(`and that ${what} with a pod that was captured: the data of all its claims is unquiesced, so said to be missing`, async () => {
      const objects = [
        namespace("shop"),
        pod("shop/a", { annotations, claims: [...claims] }),
        pod("shop/b", { annotations, claims: ["data"] }),
        ...["data", "own", "more"].map((name) => claim(`shop/${name}`)),
      ];
      const taken = await takeBackup({ objects, exec: failsInA });
      assert.equal(taken.report.errors.map(({ message }) => message).at(-2), expected);
      for (const name of ["data", "own", "more"]) {
        assert.ok((await taken.items()).includes(`persistentvolumeclaims shop/${name}`));
      }
    });
  }
});
