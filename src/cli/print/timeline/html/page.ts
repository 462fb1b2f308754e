import type { BackupRecord } from "../../../../api/backup-record.ts";
import { formatBytes, plural } from "../../quantities.ts";
import { buildTimeline } from "../build-timeline.ts";
import { blocksThatMatter } from "../render-text.ts";
import { formatSpan, largest } from "../spans.ts";
import type { Timeline } from "../timeline.ts";
import { blockSection } from "./block-section.ts";
import { legend } from "./legend.ts";
import { html, rawMarkup, type Markup } from "./markup.ts";
import { overviewSection } from "./overview.ts";
import {
  filesSection,
  findingsSection,
  hooksSection,
  volumesSection,
  whenTaken,
} from "./record-tables.ts";
import { styleSheet } from "./style-sheet.ts";

/**
 * A record as one page of HTML that needs nothing else: no script, no font, no picture from elsewhere, and a policy
 * that forbids the browser to load any.
 */
export function formatHtmlPage(record: BackupRecord): string {
  const timeline = buildTimeline(record);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; style-src 'unsafe-inline'"
        />
        <title>Backup ${record.backup}: ${record.phase}</title>
        <style>
          ${rawMarkup(styleSheet)}
        </style>
      </head>
      <body>
        <main>
          ${header(record, timeline)} ${overviewSection(timeline)} ${blocksSection(timeline)}
          ${findingsSection("Errors", record.errors)}
          ${findingsSection("Warnings", record.warnings)} ${hooksSection(record)}
          ${volumesSection(record)} ${filesSection(record)}
        </main>
        <footer>
          ${record.tool.name} ${record.tool.version}. Times of day are this client’s, in UTC;
          lengths of hooks and freezes are measured by a clock that nobody can set.
        </footer>
      </body>
    </html> `;
  return page.markup;
}

function header(record: BackupRecord, timeline: Timeline): Markup {
  const { cluster, phase } = record;
  const facts: [string, string][] = [
    ["Taken", whenTaken(record)],
    ["Cluster", `${cluster.context} (${cluster.server})`],
    ["User", cluster.user],
    [
      "Stored",
      `${plural(record.items.total, "object")}, ${formatBytes(record.items.uncompressedBytes)}`,
    ],
    ["Skipped", skippedText(record)],
    ["Hooks", hooksText(record)],
    ["Volumes", volumesText(record)],
    [
      "Findings",
      `${plural(record.errors.length, "error")}, ${plural(record.warnings.length, "warning")}`,
    ],
  ];
  const shown = facts.filter(([, value]) => value !== "");
  return html`<header>
    <p class="kind">Backup</p>
    <h1>
      ${record.backup}
      <span class="state phase ${phase === "Completed" ? "good" : "bad"}">${phase}</span>
    </h1>
    <p class="lead">${longestFreeze(timeline)}</p>
    <dl>
      ${shown.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  </header>`;
}

function longestFreeze({ blocks }: Timeline): Markup {
  const longest = largest(blocks.map(({ times }) => times.frozenMs));
  return longest === undefined
    ? html`Nothing was frozen.`
    : html`The longest freeze lasted <strong>${formatSpan(longest)}</strong>.`;
}

function skippedText({ items }: BackupRecord): string {
  const skipped = Object.entries(items.skipped).filter(([, count]) => count > 0);
  return skipped.map(([reason, count]) => `${count} ${reason}`).join(", ");
}

function hooksText({ hooks }: BackupRecord): string {
  const ran = hooks.filter(({ status }) => status !== "skipped");
  const failed = ran.filter(({ status }) => status === "failed").length;
  return `${ran.length} run${failed > 0 ? `, ${failed} failed` : ""}`;
}

function volumesText({ blocks }: BackupRecord): string {
  const volumes = blocks.flatMap((block) => block.volumes);
  const counts = Map.groupBy(volumes, ({ result }) => result);
  return [...counts].map(([result, all]) => `${all.length} ${result}`).join(", ");
}

function blocksSection(timeline: Timeline): Markup {
  const { blocks, emptyBlocks } = timeline;
  const empty =
    emptyBlocks === 0
      ? undefined
      : html`<p class="note">
          ${plural(emptyBlocks, "more block")} had neither hooks nor snapshots.
        </p>`;
  if (blocks.length === 0)
    return html`<section>
      <h2>Blocks</h2>
      ${empty}
    </section>`;
  const open = new Set(blocksThatMatter(blocks));
  return html`<section>
    <h2>Blocks</h2>
    <p class="note">
      Pods that share volumes are quiesced together, as one block. A freeze counts from the start of
      the first pre hook to the end of the last post hook.
    </p>
    ${legend} ${blocks.map((block) => blockSection(block, open.has(block)))}${empty}
  </section>`;
}
