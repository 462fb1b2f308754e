import { formatSpan, freezeSpan } from "../spans.ts";
import { blockName } from "../text-block.ts";
import type { Bar, BlockTimeline, Lane, Timeline } from "../timeline.ts";
import { axisFigure, laneFigure } from "./figure.ts";
import { html, type Markup } from "./markup.ts";

/** The whole backup on one axis, a line for each block with a link to it. */
export function overviewSection(timeline: Timeline): Markup {
  const { axis, blocks } = timeline;
  if (blocks.length === 0) return html``;
  return html`<section>
    <h2>The whole backup</h2>
    <figure class="overview">
      <div class="row head">
        <span></span>${axisFigure(axis)}<span class="len">frozen for</span>
      </div>
      ${blocks.map(
        (block) =>
          html`<div class="row">
            <a href="#block-${block.number}">${blockName(block)}</a
            >${laneFigure(overviewLane(block), axis)}<span
              class="len${block.isFailed ? " bad" : ""}"
              >${frozenFor(block)}</span
            >
          </div> `,
      )}
    </figure>
  </section>`;
}

export function frozenFor({ times: { frozenMs } }: BlockTimeline): string {
  return frozenMs === undefined ? "not frozen" : formatSpan(frozenMs);
}

/** All of a block in one lane: the freeze as one bar over what was copied and waited for. */
function overviewLane(block: BlockTimeline): Lane {
  const { frozenMs } = block.times;
  const { freezeMs, thawMs } = freezeSpan(block.times);
  const volumes = block.lanes.flatMap((lane) => (lane.of === "claim" ? lane.bars : []));
  const freeze: Bar[] =
    freezeMs === undefined || thawMs === undefined
      ? []
      : [
          {
            kind: "held",
            fromMs: freezeMs,
            toMs: Math.max(freezeMs, thawMs),
            text: `frozen for ${formatSpan(frozenMs ?? 0)}`,
            isFailed: block.isFailed,
          },
        ];
  return {
    of: "pod",
    name: blockName(block),
    bars: [...volumes.filter(({ kind }) => kind !== "cutting" || freeze.length === 0), ...freeze],
    marks: [],
    figures: [`frozen for ${frozenFor(block)}`],
    isFailed: block.isFailed,
  };
}
