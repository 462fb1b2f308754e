import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { BackupRecord } from "../../api/backup-record.ts";
import { errorCodeOf } from "../../lib/error-code.ts";
import { ArkError, messageOf, throwIfAborted } from "../../lib/errors.ts";
import type { CliContext } from "../cli-context.ts";
import { buildTimeline } from "../print/timeline/build-timeline.ts";
import { chooseGlyphs, wantsColor } from "../print/timeline/glyphs.ts";
import { formatHtmlPage } from "../print/timeline/html/page.ts";
import { formatTimeline } from "../print/timeline/render-text.ts";
import { textWidth } from "../print/wrap.ts";

/** Wider pictures are harder to read, not easier. */
const widest = 120;
const narrowest = 40;

/** `describe --timeline`: 80 columns, or what the terminal has. */
export function timelineText(
  record: BackupRecord,
  { env, stdout }: CliContext,
  options: { readonly details: boolean },
): string {
  const columns = (stdout.isTTY ? stdout.columns : undefined) ?? textWidth;
  const style = {
    glyphs: chooseGlyphs(env),
    isColored: wantsColor(env, stdout),
    width: Math.min(widest, Math.max(narrowest, columns)),
  };
  return formatTimeline(buildTimeline(record), style, options);
}

/**
 * `describe --html FILE`: never over an existing file without `force`, readable by its owner only.
 * @throws ArkError Usage where the file cannot be written
 */
export async function writeHtmlPage(
  record: BackupRecord,
  { file, force = false }: { readonly file: string; readonly force?: boolean | undefined },
  context: CliContext,
): Promise<void> {
  const page = formatHtmlPage(record);
  if (file === "-") {
    context.stdout.write(page);
    return;
  }
  const path = resolve(context.cwd, file);
  try {
    const flag = force ? "w" : "wx";
    await writeFile(path, page, { flag, mode: 0o600, signal: context.signal });
  } catch (error) {
    throwIfAborted(context.signal);
    throw cannotWrite(path, error);
  }
  context.stdout.write(`The page of backup ${record.backup} has been written to ${path}\n`);
}

function cannotWrite(path: string, error: unknown): ArkError {
  const exists = errorCodeOf(error) === "EEXIST";
  return new ArkError("Usage", `cannot write ${path}: ${messageOf(error)}`, {
    cause: error,
    hint: exists ? "Use --force to overwrite it." : "Choose another file with --html.",
  });
}
