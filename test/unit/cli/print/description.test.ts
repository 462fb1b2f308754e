import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { BackupRecord, VolumeRecord } from "../../../../src/api/backup-record.ts";
import { parseStoredBackup } from "../../../../src/api/stored-backup.ts";
import { formatDescription } from "../../../../src/cli/print/description.ts";
import {
  aBlockRecord,
  aCopyRecord,
  aFrozenRecord,
  aHookRecord,
  aRecord,
  aVolumeRecord,
} from "../../../support/record-builders.ts";

const backup = parseStoredBackup(
  JSON.stringify({ apiVersion: "velero.io/v1", kind: "Backup", metadata: { name: "nightly" } }),
);

function described(record: BackupRecord, width?: number): string {
  return formatDescription({ backup, record, files: [] }, { details: false, width });
}

/** The lines below `title`, until the next title. */
function section(text: string, title: string): string[] {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.startsWith(title)) + 1;
  const length = lines.slice(start).findIndex((line) => !line.startsWith(" "));
  return start === 0 ? [] : lines.slice(start, start + length);
}

function volumesOf(...volumes: readonly VolumeRecord[]): string[] {
  const block = aBlockRecord(["db"], undefined, { volumes: [...volumes] });
  return section(described(aRecord({ blocks: [block] })), "Volumes:");
}

suite("the description of blocks", () => {
  test("says who was frozen when, when its snapshots were cut, and for how long", () => {
    assert.deepEqual(section(described(aFrozenRecord()), "Blocks"), [
      "  Block 1 of shop/db-0: frozen for 812 ms",
      "    Pods:      shop/db-0",
      "    Claims:    shop/data",
      "    Hooks:     2 pre (205 ms), 1 post (112 ms)",
      "    Frozen:    2026-11-24T05:30:56.789Z",
      "    Quiesced:  2026-11-24T05:30:56.999Z (after 210 ms)",
      "    Cut:       2026-11-24T05:30:57.306Z (after 517 ms): shop/data",
      "    Thawed:    2026-11-24T05:30:57.601Z (after 812 ms)",
    ]);
  });

  test("says which pod was never quiesced, what its guard did, and how many hooks failed", () => {
    const hooks = [
      aHookRecord("db", "pre", [0, 100], { status: "failed" }),
      aHookRecord("db", "pre", [100, 0], { status: "skipped", started: false }),
      aHookRecord("db", "post", [100, 50]),
    ];
    const guards = [{ pod: "shop/db", container: "c", state: "lost", reason: "no answer" }];
    const failedPods = ["shop/db"];
    const blocks = [aBlockRecord(["db"], [0, undefined, 150], { failedPods, guards })];
    const lines = section(described(aRecord({ hooks, blocks })), "Blocks");
    assert.ok(lines.includes("    Hooks:     1 pre (100 ms), 1 post (50 ms), 1 failed, 1 skipped"));
    assert.ok(lines.includes("    Quiesced:  never: shop/db failed"));
    assert.ok(lines.includes("    Guard:     lost (no answer)"));
  });

  test("leaves out a block of which nothing was frozen and no snapshot cut", () => {
    const text = described(aRecord({ blocks: [aBlockRecord(["web"], undefined)] }));
    assert.ok(!text.includes("Blocks") && !text.includes("Volumes"));
  });
});

suite("the description of volumes", () => {
  test("has the snapshot with size and times, and the file of a copy", () => {
    const data = aCopyRecord("snapshot", [3500, 44_500]);
    const times = { requestMs: 0, cutMs: 302, readyMs: 3400 };
    assert.deepEqual(volumesOf(aVolumeRecord("data", times, { data })), [
      "  shop/data: captured: CSI snapshot, copied out of it",
      "    Volume:    pvc-1 (driver loop.csi, class loop)",
      "    Snapshot:  ark-data, class loop, 1.0 GiB, cut after 302 ms, ready after 3.4 s",
      "    Data:      volumes/data.tar.zst (3.0 MiB of 8.0 MiB, in 41 s)",
    ]);
  });

  test("says why a volume was not captured, or why that failed", () => {
    const skipped = { claim: "shop/nfs", result: "skipped" as const, reason: "no CSI driver" };
    const failed = { result: "failed" as const, reason: "no space left" };
    const lines = volumesOf(skipped, aVolumeRecord("data", { requestMs: 0 }, failed));
    assert.equal(lines[0], "  shop/nfs: not captured: no CSI driver");
    assert.equal(lines[1], "  shop/data: failed: CSI snapshot: no space left");
    assert.match(lines[3] ?? "", /Snapshot: +ark-data, .*, not cut, not ready$/);
  });

  test("passes on what a copy warned about", () => {
    const data = { ...aCopyRecord("pod", [0, 10]), warnings: ["a.log changed while it was read"] };
    const lines = volumesOf({ claim: "shop/data", result: "captured", data });
    assert.equal(lines[0], "  shop/data: captured: copied in the pod");
    assert.ok(lines.includes("    Warning:   a.log changed while it was read"));
  });
});

suite("the width of a description", () => {
  const long = "x".repeat(200);
  const record = aRecord({
    hooks: [aHookRecord("db", "pre", [0, 10], { command: ["echo", long] })],
    blocks: [
      aBlockRecord(["db", ...Array.from({ length: 20 }, (_, at) => `pod-${at}`)], [0, 10, 20], {
        volumes: [{ claim: "shop/data", result: "skipped", reason: "because ".repeat(30).trim() }],
      }),
    ],
  });

  test("is that of a terminal: commands are cut, lists go on in the next line", () => {
    const text = described(record, 80);
    assert.ok(!text.includes(long));
    const parts = ["Hooks:", "Blocks", "Volumes:"].flatMap((title) => section(text, title));
    for (const line of parts) assert.ok(line.length <= 80, line);
  });

  test("has no limit in a pipe: commands are whole, and a field is one line", () => {
    const text = described(record);
    assert.ok(text.includes(`echo ${long}`));
    assert.match(text, /Pods: +shop\/db, .*, shop\/pod-19\n/);
  });
});
