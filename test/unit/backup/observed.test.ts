import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BackupEvent } from "../../../src/backup/backup-events.ts";
import { createReportBuilder, findingFrom } from "../../../src/backup/backup-report.ts";
import { observed } from "../../../src/backup/observed.ts";
import { ArkError } from "../../../src/lib/errors.ts";
import { RecordingCluster } from "../../support/recording-cluster.ts";
import { gistOf, takeBackup } from "../../support/backup-builders.ts";
import { configMap } from "../../support/builders.ts";

const facts = {
  name: "nightly",
  startedAt: new Date(0),
  completedAt: new Date(0),
  itemCounts: {},
  uncompressedBytes: 0,
};

describe("the phase of a backup", () => {
  for (const [errors, itemCount, phase] of [
    [0, 0, "Completed"],
    [0, 1, "Completed"],
    [1, 1, "PartiallyFailed"],
    [1, 0, "Failed"],
  ] as const) {
    it(`${errors} errors, ${itemCount} items: ${phase}`, () => {
      const report = createReportBuilder();
      report.warn({ message: "a remark" });
      for (let count = 0; count < errors; count += 1) report.error({ message: "an error" });
      assert.equal(report.build({ ...facts, itemCount }).phase, phase);
    });
  }
});

function watched() {
  const report = createReportBuilder();
  const [lines, events]: [string[], BackupEvent[]] = [[], []];
  const log = {
    write: (level: string, message: string) => void lines.push(`${level} ${message}`),
  };
  const seen = observed(report, log, (event) => void events.push(event));
  return { seen, lines, events, built: () => report.build({ ...facts, itemCount: 0 }) };
}

describe("observed", () => {
  it("puts each finding into the report, the log and before the watcher", () => {
    const { seen, lines, events, built } = watched();
    seen.warn({ message: "w" });
    seen.error({ message: "e" });
    assert.deepEqual(lines, ["warning w", "error e"]);
    assert.deepEqual(events, [
      { kind: "finding", severity: "warning", finding: { message: "w" } },
      { kind: "finding", severity: "error", finding: { message: "e" } },
    ]);
    assert.deepEqual([built().warnings.length, built().errors.length], [1, 1]);
  });

  it("warns once for each key", () => {
    const { seen, built } = watched();
    for (const key of ["a", "b", "a"]) seen.warnOnce(key, { message: key });
    assert.deepEqual(built().warnings.map(gistOf), ["a", "b"]);
  });
});

describe("findingFrom", () => {
  it("takes message, hint and code of an ArkError", () => {
    const error = new ArkError("Forbidden", "no", { hint: "Ask." });
    assert.deepEqual(findingFrom(error, { groupResource: "pods", name: "a" }), {
      groupResource: "pods",
      name: "a",
      message: "no",
      hint: "Ask.",
      code: "Forbidden",
    });
  });

  for (const [thrown, message] of [
    [new TypeError("odd"), "odd"],
    ["text", "text"],
    [undefined, "undefined"],
  ] as const) {
    it(`takes the text of ${String(thrown)}`, () => {
      assert.equal(findingFrom(thrown, {}).message, message);
    });
  }
});

it("a remark of the cluster on a list is a warning that names the kind", async () => {
  class Remarking extends RecordingCluster {
    override async *list(...call: Parameters<RecordingCluster["list"]>) {
      for await (const page of super.list(...call)) yield { ...page, warning: "not consistent" };
    }
  }
  const { report } = await takeBackup({ cluster: new Remarking({ objects: [configMap("a/b")] }) });
  assert.deepEqual(report.warnings.map(gistOf), ["configmaps: not consistent"]);
});
