import { ArkError } from "../lib/errors.ts";
import { shorten } from "../lib/shorten.ts";
import {
  type BackupDocument,
  type BackupSpecFields,
  backupSchema,
  isServerSetting,
  type ResourceHookFields,
} from "./backup-schema.ts";
import { onErrorWarning } from "./backup-spec.ts";
import { readDocuments } from "./document-text.ts";
import { describeIssue, formatPath } from "./fields.ts";
import { checkFilters } from "./filter-rules.ts";

const MAX_PROBLEMS_SHOWN = 30;

/** A document as it was read, and remarks on what in it has no effect or behaves otherwise than written. */
export type ParsedBackup = {
  readonly document: BackupDocument;
  readonly warnings: readonly string[];
};

/**
 * Reads a Backup document (ark.heptio.com/v1 or velero.io/v1) from YAML or JSON.
 * @param source names the text in messages: a path, "standard input"
 * @throws ArkError InvalidDocument with the path and reason of everything that is wrong
 */
export function parseBackupDocument(input: string | Uint8Array, source: string): ParsedBackup {
  const { candidate, warnings } = pickBackup(readDocuments(input, source), source);
  const parsed = backupSchema.safeParse(candidate, { error: describeIssue, reportInput: true });
  const problems = [
    ...(parsed.error?.issues ?? []).map(({ path, message }) => describeProblem(path, message)),
    ...checkFilters((candidate as { readonly spec?: unknown }).spec),
  ];
  if (!parsed.success || problems.length > 0) throw invalidBackup(source, problems);
  const { metadata, spec, ...rest } = parsed.data;
  const document = { ...rest, metadata: metadata ?? {}, spec: spec ?? {} };
  return { document, warnings: [...warnings, ...specWarnings(document.spec)] };
}

function pickBackup(
  documents: readonly unknown[],
  source: string,
): { candidate: object; warnings: string[] } {
  const [only] = documents;
  if (only === undefined) throw new ArkError("InvalidDocument", `${source} is empty`);
  const backups = documents.filter((document) => kindOf(document) === "Backup");
  const candidate = documents.length === 1 ? only : backups[0];
  if (backups.length > 1) {
    throw new ArkError("InvalidDocument", `${source} has ${backups.length} Backup documents`, {
      hint: "Put each into a file of its own.",
    });
  }
  if (typeof candidate !== "object" || candidate === null || Array.isArray(candidate)) {
    throw new ArkError("InvalidDocument", `${source} has no Backup document`);
  }
  const others = documents.filter((document) => document !== candidate);
  const warnings = others.map(
    (d) => `${source}: ignored a document that is not a Backup (${kindOf(d)})`,
  );
  return { candidate, warnings };
}

function kindOf(document: unknown): string {
  if (typeof document !== "object" || document === null) return typeof document;
  const { kind } = document as { readonly kind?: unknown };
  return typeof kind === "string" ? shorten(kind) : "without a kind";
}

function describeProblem(path: readonly PropertyKey[], message: string): string {
  return path.length === 0 ? message : `${formatPath(path)}: ${message}`;
}

function invalidBackup(source: string, problems: readonly string[]): ArkError {
  const shown = problems.slice(0, MAX_PROBLEMS_SHOWN);
  const hidden = problems.length - shown.length;
  const lines = hidden > 0 ? [...shown, `… and ${hidden} more`] : shown;
  return new ArkError(
    "InvalidDocument",
    `${source} is not a valid Backup:\n${lines.map((line) => `  ${line}`).join("\n")}`,
  );
}

function specWarnings(spec: BackupSpecFields): string[] {
  const ignored = Object.entries(spec)
    .filter(([name, value]) => isServerSetting(name) && value !== null)
    .map(([name]) => name);
  return [
    ...ignored.map((name) => `spec.${name}: ignored, it is a setting of Velero's server`),
    ...(spec.hooks?.resources ?? []).flatMap((hook, index) =>
      hookWarnings(hook, `spec.hooks.resources[${index}]`),
    ),
  ];
}

function hookWarnings(hook: ResourceHookFields, path: string): string[] {
  const warnings: string[] = [];
  if (hook.hooks?.length) {
    const effect = hook.pre?.length ? "ignored, because pre is given" : "deprecated, use pre";
    warnings.push(`${path}.hooks: ${effect}`);
  }
  for (const list of ["hooks", "pre", "post"] as const) {
    for (const [index, { exec }] of (hook[list] ?? []).entries()) {
      const warning = onErrorWarning(exec?.onError);
      if (warning) warnings.push(`${path}.${list}[${index}].exec.onError: ${warning}`);
    }
  }
  return warnings;
}
