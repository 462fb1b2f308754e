import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import { parseStoredBackup } from "../../../../../src/api/stored-backup.ts";
import { formatDescription } from "../../../../../src/cli/print/description.ts";
import { buildTimeline } from "../../../../../src/cli/print/timeline/build-timeline.ts";
import { ticksOf } from "../../../../../src/cli/print/timeline/axis.ts";
import { chooseGlyphs } from "../../../../../src/cli/print/timeline/glyphs.ts";
import { extentOf } from "../../../../../src/cli/print/timeline/html/figure.ts";
import { cellsOf, paintLane } from "../../../../../src/cli/print/timeline/paint.ts";
import { formatTimeline } from "../../../../../src/cli/print/timeline/render-text.ts";
import { ruler } from "../../../../../src/cli/print/timeline/ruler.ts";
import { anyRecord } from "../../../../support/record-arbitraries.ts";

const unicode = chooseGlyphs({ LANG: "en_US.UTF-8" });
const ascii = chooseGlyphs({});
const widths = fc.integer({ min: 40, max: 120 });
const runs = { numRuns: 120 };

suite("the timeline of any record", () => {
  test("is drawn without a line that is too wide, and in ASCII where nothing else is known", () => {
    fc.assert(
      fc.property(anyRecord, widths, fc.boolean(), (record, width, details) => {
        const timeline = buildTimeline(record);
        for (const glyphs of [unicode, ascii]) {
          const style = { glyphs, isColored: false, width };
          const text = formatTimeline(timeline, style, { details });
          for (const line of text.split("\n")) assert.ok(line.length <= width, line);
          if (glyphs.isAscii) assert.match(text, /^[\n\u0020-\u007e]*$/);
        }
      }),
      runs,
    );
  });

  test("has the same text with colours, once they are taken out", () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const style = { glyphs: unicode, width: 80 };
        const timeline = buildTimeline(record);
        const [plain, colored] = [false, true].map((isColored) =>
          formatTimeline(timeline, { ...style, isColored }, { details: true }).split("\n"),
        );
        // oxlint-disable-next-line no-control-regex -- the colours
        const bare = colored?.map((line) => line.replace(/\u001b\[\d+m/g, "").trimEnd());
        assert.deepEqual(
          bare,
          plain?.map((line) => line.trimEnd()),
        );
      }),
      runs,
    );
  });

  test("has bars that lie on the axis in their order, for the terminal and for the page", () => {
    fc.assert(
      fc.property(anyRecord, widths, (record, width) => {
        for (const { axis, lanes } of buildTimeline(record).blocks) {
          assert.ok(axis.toMs > axis.fromMs);
          for (const bar of lanes.flatMap((lane) => lane.bars)) {
            assert.ok(bar.toMs >= bar.fromMs);
            const cells = cellsOf(axis, bar, width);
            if (cells) assert.ok(0 <= cells.first && cells.first < cells.end && cells.end <= width);
            const { from, width: part } = extentOf(bar, axis);
            assert.ok(from >= 0 && part > 0 && from + part <= 100.001, `${from} + ${part}`);
          }
          for (const lane of lanes) {
            assert.equal(paintLane(lane, axis, unicode, width).length, width);
          }
        }
      }),
      runs,
    );
  });

  test("lists the parts of a freeze with lengths that add up to no more than the freeze", () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        for (const { parts, times } of buildTimeline(record).blocks) {
          const sum = parts.reduce((total, { ms }) => total + ms, 0);
          assert.ok(parts.every(({ ms }) => ms >= 1));
          if (sum > 0) assert.ok(sum <= (times.thawMs ?? 0) - (times.freezeMs ?? 0));
        }
      }),
      runs,
    );
  });

  test("and its description never fails, and keeps control characters from the terminal", () => {
    fc.assert(
      fc.property(anyRecord, fc.option(widths, { nil: undefined }), (record, width) => {
        const backup = parseStoredBackup(
          '{"apiVersion":"velero.io/v1","kind":"Backup","metadata":{"name":"x"}}',
        );
        const options = { details: true, width };
        const text = formatDescription({ backup, record, files: [] }, options);
        // oxlint-disable-next-line no-control-regex -- control characters are what this is about
        assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
      }),
      runs,
    );
  });
});

suite("the axis", () => {
  const axes = fc
    .tuple(fc.integer({ min: -8e15, max: 8e15 }), fc.integer({ min: 1, max: 1e14 }))
    .map(([fromMs, length]) => ({ fromMs, toMs: fromMs + length }));

  test("has few ticks, all on it and each with a label of its own", () => {
    fc.assert(
      fc.property(axes, fc.integer({ min: 2, max: 12 }), (axis, most) => {
        const ticks = ticksOf(axis, most);
        assert.ok(ticks.length >= 1 && ticks.length <= most, `${ticks.length} of ${most}`);
        for (const { atMs } of ticks) assert.ok(atMs >= axis.fromMs && atMs <= axis.toMs);
        assert.equal(new Set(ticks.map(({ label }) => label)).size, ticks.length);
      }),
    );
  });

  test("has labels that never touch, above the ticks that they belong to", () => {
    fc.assert(
      fc.property(axes, widths, (axis, width) => {
        const [labels, line] = ruler(axis, unicode, width);
        assert.deepEqual([labels.length, line.length], [width, width]);
        const known = ticksOf(axis, Math.max(2, Math.floor(width / 10))).map(({ label }) => label);
        const columns = Array.from(line.matchAll(/┬/g), ({ index }) => index);
        const texts = columns.map((column, at) => labels.slice(column, columns[at + 1]));
        for (const text of texts) assert.ok(known.includes(text.trimEnd()), text);
        for (const text of texts.slice(0, -1)) assert.match(text, / $/);
      }),
    );
  });
});
