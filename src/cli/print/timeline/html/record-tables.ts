import { joinShellWords } from "../../../../lib/shell-quote.ts";
import type {
  BackupRecord,
  FindingRecord,
  HookRecord,
  VolumeRecord,
} from "../../../../api/backup-record.ts";
import { formatBytes } from "../../quantities.ts";
import { volumeFacts } from "../../volume-facts.ts";
import { formatMoment, formatSpan, lengthOf, timeOf } from "../spans.ts";
import { html, type Markup } from "./markup.ts";
import { stateMarkup, table, type Cell } from "./table.ts";

export function hooksSection({ hooks }: BackupRecord): Markup {
  if (hooks.length === 0)
    return html`<section>
      <h2>Hooks</h2>
      <p>No hooks were run.</p>
    </section>`;
  const headers = ["Phase", "Pod", "Container", "Command", "Status", "Time", "Exit"];
  const outputs = hooks.filter(
    ({ status, stdout, stderr }) => status === "failed" || stdout.text !== "" || stderr.text !== "",
  );
  return html`<section>
    <h2>Hooks</h2>
    ${table("Hooks in the order in which they ended", headers, hooks.map(hookCells))}
    ${outputs.map(hookOutput)}
  </section>`;
}

function hookCells(hook: HookRecord): Cell[] {
  const isSkipped = hook.status === "skipped";
  return [
    hook.phase,
    `${hook.namespace}/${hook.pod}`,
    hook.container,
    { code: joinShellWords(hook.command) },
    { state: hook.status },
    { number: isSkipped ? "" : formatSpan(lengthOf(hook.durationSeconds)) },
    { number: hook.exitCode === undefined ? (hook.reason ?? "") : String(hook.exitCode) },
  ];
}

function hookOutput(hook: HookRecord): Markup {
  const { phase, name, namespace, pod, status, message } = hook;
  const texts = (["stdout", "stderr"] as const).filter((stream) => hook[stream].text !== "");
  return html`<details class="output" ${status === "failed" ? html` open` : undefined}>
    <summary>${phase} hook ${name} of ${namespace}/${pod}: ${message ?? status}</summary>
    ${texts.map(
      (stream) =>
        html`<p class="of">${stream}${cutText(hook[stream].omittedBytes)}</p>
          <pre>${hook[stream].text}</pre>`,
    )}
  </details> `;
}

function cutText(omittedBytes: number): string {
  return omittedBytes > 0 ? ` (${formatBytes(omittedBytes)} left out in the middle)` : "";
}

export function volumesSection({ blocks }: BackupRecord): Markup {
  const volumes = blocks.flatMap((block) => block.volumes);
  if (volumes.length === 0) return html``;
  const headers = ["Claim", "Result", "Method", "Snapshot", "Size", "Ready after", "Data"];
  return html`<section>
    <h2>Volumes</h2>
    ${table("Claims of pods, and how the content of their volumes was captured", headers, volumes.map(volumeCells))}
  </section>`;
}

function volumeCells(volume: VolumeRecord): Cell[] {
  const { method, snapshot, size, readyAfter, data, warnings } = volumeFacts(volume);
  const reason =
    volume.reason === undefined ? undefined : html`<p class="note">${volume.reason}</p>`;
  const remarks = warnings.map((text) => html`<p class="note">${text}</p>`);
  return [
    {
      wide: html`${volume.claim}
        <p class="note">${volume.volume ?? "unbound"}</p>`,
    },
    { wide: html`${stateMarkup(volume.result)}${reason}` },
    method ?? "",
    snapshot ?? "",
    { number: size ?? "" },
    { number: readyAfter ?? "" },
    data === undefined ? "" : { wide: html`${data}${remarks}` },
  ];
}

export function findingsSection(title: string, findings: readonly FindingRecord[]): Markup {
  if (findings.length === 0) return html``;
  const items = findings.map(({ groupResource, namespace, name, message, hint }) => {
    const object = [namespace, name].filter(Boolean).join("/");
    const about = [groupResource, object].filter(Boolean).join(" ");
    return html`<li>
      ${about === "" ? undefined : html`<b>${about}</b>: `}${message}${hint === undefined ? undefined : html`<p class="note">${hint}</p>`}
    </li> `;
  });
  return html`<section>
    <h2>${title} <span class="count">${findings.length}</span></h2>
    <ul class="findings">
      ${items}
    </ul>
  </section>`;
}

export function filesSection({ files }: BackupRecord): Markup {
  const rows = Object.entries(files).map(([name, { sizeBytes, sha256 }]): Cell[] => [
    name,
    { number: formatBytes(sizeBytes) },
    { code: sha256 },
  ]);
  return rows.length === 0
    ? html``
    : html`<section>
        <h2>Files</h2>
        ${table("Files of the backup with their checksums", ["Name", "Size", "SHA-256"], rows)}
      </section>`;
}

export function whenTaken({ startTimestamp, completionTimestamp }: BackupRecord): string {
  const [from, to] = [timeOf(startTimestamp), timeOf(completionTimestamp)];
  const took = from === undefined || to === undefined ? "" : `, took ${formatSpan(to - from)}`;
  return `${formatMoment(from)}${took}`;
}
