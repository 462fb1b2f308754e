import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ArkError } from "../../../../src/lib/errors.ts";
import { gistOf, hookAnnotations, takeBackup } from "../../../support/backup-builders.ts";
import { namespace, pod } from "../../../support/builders.ts";
import { RecordingCluster } from "../../../support/recording-cluster.ts";

const annotations = hookAnnotations({ pre: "freeze", post: "thaw" });
const names = Array.from({ length: 12 }, (_, index) => `p${String(index).padStart(2, "0")}`);
const pods = names.map((name) => pod(`shop/${name}`, { annotations }));

function aServer(): RecordingCluster {
  return new RecordingCluster({ objects: [namespace("shop"), ...pods] });
}

describe("a server that is gone while blocks are worked on", () => {
  for (const code of ["ClusterUnreachable", "Timeout"] as const) {
    it(`is given up after 5 blocks in a row, and the pods that were not tried are named once (${code})`, async () => {
      const cluster = aServer();
      cluster.fail({ verb: "get", resource: "pods", error: new ArkError(code, "gone") });
      const { report } = await takeBackup({ cluster });
      assert.deepEqual(report.errors.map(gistOf), [
        ...names.slice(0, 5).map((name) => `pods shop/${name}: gone`),
        "pods: given up after the pods of 5 blocks in a row could not be read; not in the backup, and no hook was run in them: " +
          names
            .slice(5)
            .map((name) => `shop/${name}`)
            .join(", "),
      ]);
      assert.equal(cluster.readsOf("pods").filter((read) => read.startsWith("get")).length, 5);
      assert.deepEqual(cluster.execs, []);
    });
  }

  it("is not given up while it answers in between, if only with a refusal", async () => {
    const cluster = aServer();
    const error = new ArkError("ClusterUnreachable", "gone");
    cluster.fail({
      verb: "get",
      resource: "pods",
      name: "p04",
      error: new ArkError("Forbidden", "no"),
    });
    cluster.fail({ verb: "get", resource: "pods", error, times: 8 });
    const { report } = await takeBackup({ cluster });
    assert.equal(report.errors.length, 9);
    assert.equal(report.blocks.length, 12);
  });
});
