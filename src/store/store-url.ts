import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ArkError } from "../lib/errors.ts";
import { quoted } from "../lib/quoted.ts";

export type StoreUrl = { readonly kind: "directory"; readonly path: string };

const EXAMPLES = "Use a directory: /srv/backups, ./backups or file:///srv/backups.";
// One letter before the colon is a drive of Windows.
const SCHEME = /^([A-Za-z][A-Za-z0-9+.-]+):/;

/**
 * Which store a text names: a path (absolute, or relative to `cwd`) or `file:///…`.
 * @throws ArkError Usage for other kinds of stores and for what is neither path nor URL
 */
export function parseStoreUrl(text: string, cwd: string): StoreUrl {
  if (text === "") throw unfit(text, "it is empty");
  if (text.includes("\0")) throw unfit(text, "it holds NUL");
  if (text === "~" || text.startsWith("~/")) {
    throw new ArkError(
      "Usage",
      `the store ${quoted(text)} starts with a '~' that the shell did not replace`,
      {
        hint: 'Write "$HOME" for it, or ./~ for a directory of that name.',
      },
    );
  }
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return { kind: "directory", path: resolve(cwd, text) };
  if (scheme !== "file") throw unfit(text, `there are no ${scheme}: stores`);
  return { kind: "directory", path: pathOf(text) };
}

function pathOf(text: string): string {
  if (!/^file:\/\//i.test(text)) throw unfit(text, "a file URL has three slashes");
  try {
    const url = new URL(text);
    if (url.search !== "" || url.hash !== "")
      throw unfit(text, "it holds '?' or '#'; write %3F or %23");
    const path = resolve(fileURLToPath(url));
    if (path.includes("\0")) throw unfit(text, "it holds NUL");
    return path;
  } catch (error) {
    if (error instanceof ArkError) throw error;
    throw unfit(text, "a file URL has three slashes and no host", error);
  }
}

function unfit(text: string, reason: string, cause?: unknown): ArkError {
  return new ArkError("Usage", `the store ${quoted(text)} cannot be used: ${reason}`, {
    hint: EXAMPLES,
    cause,
  });
}
