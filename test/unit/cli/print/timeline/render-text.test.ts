import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { BackupRecord } from "../../../../../src/api/backup-record.ts";
import { buildTimeline } from "../../../../../src/cli/print/timeline/build-timeline.ts";
import { chooseGlyphs } from "../../../../../src/cli/print/timeline/glyphs.ts";
import { formatTimeline } from "../../../../../src/cli/print/timeline/render-text.ts";
import {
  aBlockRecord,
  aCopyRecord,
  aFrozenRecord,
  aHookRecord,
  aRecord,
  aRecordOfBlocks,
  aVolumeRecord,
  moment,
} from "../../../../support/record-builders.ts";

const glyphs = chooseGlyphs({ LANG: "C.UTF-8" });

function drawn(record: BackupRecord, details = false): string[] {
  const style = { glyphs, isColored: false, width: 80 };
  return formatTimeline(buildTimeline(record), style, { details }).split("\n");
}

const lineAfter = (lines: readonly string[], start: string): string =>
  lines[lines.findIndex((line) => line.startsWith(start)) + 1] ?? "";

suite("the timeline in a terminal", () => {
  test("answers how long a database was frozen, and why", () => {
    assert.deepEqual(drawn(aFrozenRecord()), [
      "Backup nightly Completed: 2026-11-24 05:30:55.789 UTC, 1 min 1 s.",
      "Longest freeze: 812 ms, shop/db-0.",
      "",
      "                          0                  30 s                     frozen for",
      "                          ┬──────────────────┬────────────────────",
      "shop/db-0                 ██▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄                  812 ms",
      "",
      "Block 1 of 1: shop/db-0",
      "Frozen for 812 ms, from 2026-11-24 05:30:56.789 to 05:30:57.601 UTC: 210 ms pre",
      "hooks, 307 ms cutting snapshots, 183 ms reading the objects, 112 ms post hooks.",
      "0                200 ms            400 ms           600 ms            800 ms",
      "┬────────────────┬─────────────────┬────────────────┬─────────────────┬─────────",
      "shop/db-0                      2 pre hooks 205 ms, held 490 ms, post hook 112 ms",
      "▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒██████████████████████████████████████████░░░░░░░░░░░",
      "shop/data              cut in 302 ms, ready 2.88 s later, 8.0 MiB copied in 41 s",
      "                  ━━━━━━━━━━━━━━━━━━━━━━━━━━━◆─────────────────────────────────▶",
      "",
      "▒ pre hook  █ held frozen  ░ post hook  ━ snapshot asked for  ─ getting ready",
      "▄ copy  ◆ cut  ✗ failed  ▶ goes on",
      "",
    ]);
  });

  test("marks a pre hook that failed, says why, and shows the claim that was not captured for it", () => {
    const failed = { status: "failed" as const, message: "timed out after 30s" };
    const volume = { claim: "shop/data", result: "skipped" as const, reason: "not quiesced" };
    const lines = drawn(
      aRecord({
        hooks: [
          aHookRecord("db", "pre", [0, 30_000], failed),
          aHookRecord("db", "post", [30_050, 80]),
        ],
        blocks: [
          aBlockRecord(["db"], [0, undefined, 30_130], {
            failedPods: ["shop/db"],
            volumes: [volume],
          }),
        ],
      }),
    );
    const text = lines.join("\n");
    assert.match(
      text,
      /30\.05 s\npre hooks, one of which failed, 80 ms post hooks\.\nnot quiesced: shop\/db\n/,
    );
    assert.match(
      text,
      /pre hook failed after 30 s, held 50 ms, post hook 80 ms\n▒+✗\n  pre hook 0: timed out after 30s\n/,
    );
    assert.match(text, /^shop\/data +not captured\n  not quiesced$/m);
    assert.match(text, /^shop\/db .* 30\.13 s !$/m);
  });

  test("shows a snapshot that was asked for and never cut as failed", () => {
    const volumes = [
      aVolumeRecord("data", { requestMs: 20 }, { result: "failed", reason: "no space left" }),
    ];
    const lines = drawn(
      aRecord({
        hooks: [aHookRecord("db", "pre", [0, 10]), aHookRecord("db", "post", [90, 10])],
        blocks: [aBlockRecord(["db"], [0, 10, 100], { volumes })],
      }),
    );
    assert.match(lineAfter(lines, "shop/data"), /^ {16}✗$/);
    assert.ok(lines.includes("  no space left"));
    assert.ok(lines.some((line) => line.includes("waiting for snapshots that were not cut")));
  });

  test("shows a copy in the pod within the freeze, and counts it as what the freeze was for", () => {
    const data = aCopyRecord("pod", [100, 3_600_100]);
    const volume = { claim: "shop/data", result: "captured" as const, data };
    const lines = drawn(
      aRecord({
        hooks: [aHookRecord("db", "pre", [0, 100]), aHookRecord("db", "post", [3_600_150, 50])],
        blocks: [aBlockRecord(["db"], [0, 100, 3_600_200], { volumes: [volume] })],
        completionTimestamp: moment(3_700_000),
      }),
    );
    assert.match(lines.join(" "), /Frozen for 1 h, .*: 100 ms pre hooks, 1 h copying in the pod/);
    assert.equal(lineAfter(lines, "shop/data"), "▄".repeat(80));
  });

  test("draws snapshots of a pod without hooks, and says that nothing was frozen", () => {
    const volumes = [aVolumeRecord("data", { requestMs: 0, cutMs: 100, readyMs: 5000 })];
    const lines = drawn(aRecord({ blocks: [aBlockRecord(["web"], undefined, { volumes })] }));
    assert.ok(lines.includes("Nothing was frozen."));
    assert.match(lines.join("\n"), /^Not frozen: no hook ran\./m);
    assert.match(lineAfter(lines, "shop/data"), /^━+◆─+▶?$/);
  });

  test("believes the length of a freeze, not a clock that was set back in it", () => {
    const block = { ...aBlockRecord(["db"], [0, 50, 500]), thawTimestamp: moment(-3_600_000) };
    const lines = drawn(aRecord({ hooks: [aHookRecord("db", "pre", [0, 50])], blocks: [block] }));
    const text = lines.join("\n");
    assert.match(text, /Frozen for 500 ms,/);
    assert.match(text, /^shop\/db +█ +500 ms$/m);
    assert.match(text, /clock was set back by about 1 h 1 s meanwhile: bars/);
  });

  test("draws ten of a hundred blocks in full, a line of all, and all in full with --details", () => {
    const record = aRecordOfBlocks(100);
    const lines = drawn(record);
    assert.equal(lines.filter((line) => line.startsWith("Block ")).length, 10);
    assert.equal(lines.filter((line) => /^shop\/db-\d+ .*█.* ms$/.test(line)).length, 100);
    assert.match(lines.join(" "), /In full: the 10 blocks .* All of them: --details\./);
    assert.ok(lines.length < 200, `${lines.length} lines`);
    assert.equal(drawn(record, true).filter((line) => line.startsWith("Block ")).length, 100);
  });

  test("takes the times of hooks where a record of version 0.1 has none of the freeze", () => {
    const { freezeTimestamp, quiescedTimestamp, thawTimestamp, ...block } = aBlockRecord(
      ["db"],
      [0, 50, 500],
    );
    assert.ok(freezeTimestamp && quiescedTimestamp && thawTimestamp);
    const hooks = [aHookRecord("db", "pre", [0, 50]), aHookRecord("db", "post", [400, 100])];
    const text = drawn(aRecord({ hooks, blocks: [block] })).join("\n");
    assert.match(
      text,
      /Frozen for 500 ms, .*: 50 ms pre\nhooks, 350 ms reading the objects, 100 ms post hooks\./,
    );
  });

  test("has nothing to draw for a backup without hooks and snapshots, and says so", () => {
    const lines = drawn(aRecord({ blocks: [aBlockRecord(["web"], undefined)] }));
    assert.deepEqual(lines.slice(1), [
      "Nothing was frozen.",
      "1 of 1 blocks had neither hooks nor snapshots.",
      "",
    ]);
  });

  test("shows wide, combining and turning characters of names by their numbers", () => {
    const record = aFrozenRecord({ backup: "数\u202e\u001b[31me\u0301" });
    assert.match(
      drawn(record)[0] ?? "",
      /^Backup \\u\{6570\}\\u\{202e\}\\u\{1b\}\[31me\\u\{301\} /,
    );
  });
});
