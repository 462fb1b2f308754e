import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { buffer } from "node:stream/consumers";
import { parseBackupDocument, type ParsedBackup } from "../../api/backup.ts";
import { isServerSetting } from "../../api/backup-schema.ts";
import { type BackupSpec, normalizeBackupSpec } from "../../api/backup-spec.ts";
import {
  defaultVolumeSettings,
  type BackupRequest,
  type VolumeSettings,
} from "../../backup/backup-request.ts";
import { parseGoDuration } from "../../lib/duration.ts";
import { ArkError, messageOf } from "../../lib/errors.ts";
import { assertBackupName } from "../../store/backup-name.ts";
import type { CliContext } from "../cli-context.ts";
import { parseKeyValues } from "../flags.ts";
import { toolVersion } from "../tool-version.ts";
import { specFromFlags, type BackupArguments } from "./spec-from-flags.ts";

/** Names a backup by where and when: `<context>-<UTC yyyymmddhhmmss>`, made fit for a Kubernetes name. */
export function defaultBackupName(contextName: string, now: Date): string {
  const time = now.toISOString().replace(/\D/g, "").slice(0, 14);
  const place = contextName
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 200)
    .replace(/^-+|-+$/g, "");
  return `${place === "" ? "backup" : place}-${time}`;
}

/**
 * The document of `-f`, or an empty one, overridden by the flags.
 * @throws ArkError Usage, InvalidDocument
 */
export async function readBackupRequest(
  flags: BackupArguments,
  makeName: () => string,
  context: CliContext,
): Promise<BackupRequest> {
  const { document, warnings } = await readDocument(flags, context);
  const { metadata, spec } = document;
  const name = flags.name ?? metadata.name ?? makeName();
  assertBackupName(name);
  const normalized = normalizeBackupSpec(spec);
  const written = Object.entries(spec).filter(([field]) => !isServerSetting(field));
  return {
    name,
    spec: normalized,
    originalSpec: Object.fromEntries(written),
    labels: { ...normalized.metadataLabels, ...metadata.labels },
    annotations: { ...metadata.annotations },
    hooks: flags.hooks ?? null,
    guard: flags.guard,
    maxFreezeMs: parseMaxFreeze(flags["max-freeze"] ?? ""),
    parallelism: checkParallelism(flags.parallelism),
    apiVersions: flags["api-versions"] ?? false,
    toolVersion,
    warnings,
    ...readVolumeSettings(flags, normalized),
  };
}

function readVolumeSettings(
  flags: BackupArguments,
  { csiSnapshotTimeoutMs }: BackupSpec,
): VolumeSettings {
  const { helper, snapshotTimeoutMs } = defaultVolumeSettings;
  return {
    consistency: flags.consistency,
    snapshotClass: flags["snapshot-class"],
    snapshotTimeoutMs: checkSnapshotTimeout(csiSnapshotTimeoutMs ?? snapshotTimeoutMs),
    volumeData: flags["volume-data"] ?? false,
    helper: {
      image: flags["helper-image"] ?? helper.image,
      pullPolicy: flags["helper-image-pull-policy"],
    },
  };
}

function checkSnapshotTimeout(ms: number): number {
  if (ms >= 1000 && ms <= 24 * 3_600_000) return ms;
  throw new ArkError("Usage", "--snapshot-timeout (csiSnapshotTimeout) must be from 1s to 24h", {
    hint: "Write it as 90s, 10m or 1h.",
  });
}

async function readDocument(flags: BackupArguments, context: CliContext): Promise<ParsedBackup> {
  const { document: base, warnings } = await readBase(flags.filename, context);
  const labels = parseKeyValues(flags.labels ?? [], "labels");
  const merged = {
    ...base,
    metadata: { ...base.metadata, labels: { ...base.metadata.labels, ...labels } },
    spec: { ...base.spec, ...specFromFlags(flags) },
  };
  const source = flags.filename === undefined ? "the request" : `${flags.filename} with the flags`;
  const parsed = parseBackupDocument(JSON.stringify(merged), source);
  return { ...parsed, warnings: [...new Set([...warnings, ...parsed.warnings])] };
}

async function readBase(filename: string | undefined, context: CliContext): Promise<ParsedBackup> {
  if (filename === undefined) {
    const empty = { apiVersion: "velero.io/v1", kind: "Backup", metadata: {}, spec: {} } as const;
    return { document: empty, warnings: [] };
  }
  const source = filename === "-" ? "standard input" : filename;
  return parseBackupDocument(await readInput(filename, context), source);
}

async function readInput(filename: string, context: CliContext): Promise<Uint8Array> {
  try {
    return filename === "-"
      ? await buffer(context.stdin)
      : await readFile(resolve(context.cwd, filename));
  } catch (cause) {
    throw new ArkError("Usage", `cannot read ${filename}: ${messageOf(cause)}`, {
      cause,
      hint: "Give the path of a Backup document, or - for standard input.",
    });
  }
}

/** A whole number of seconds, because the guard in the pod counts them. */
export function parseMaxFreeze(text: string): number {
  const ms = parseGoDuration(text);
  if (ms !== undefined && ms >= 1000 && ms <= 24 * 3_600_000) return Math.ceil(ms / 1000) * 1000;
  throw new ArkError("Usage", `--max-freeze: "${text}" is not a duration from 1s to 24h`, {
    hint: "Write it as 30s, 5m or 1m30s.",
  });
}

function checkParallelism(value: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= 64) return value;
  throw new ArkError("Usage", "--parallelism takes a whole number from 1 to 64");
}
