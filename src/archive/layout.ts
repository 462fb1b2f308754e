import { createHash } from "node:crypto";
import { ArkError } from "../lib/errors.ts";
import { quoted } from "../lib/quoted.ts";
import { shorten } from "../lib/shorten.ts";

/** Where an object stands in a backup. Without `namespace` it is cluster-scoped. */
export type ObjectKey = {
  /** "pods", "deployments.apps" */
  readonly groupResource: string;
  readonly namespace?: string | undefined;
  readonly name: string;
};

export const FORMAT_VERSION = "1.1.0";
export const VERSION_PATH = "metadata/version";

/** What a file system takes for one part of a path, `.json` included. */
const MAX_PART_BYTES = 255;
const MAX_PATH_BYTES = 4096;
const GROUP_RESOURCE = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const VERSION = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const CLAIM = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/**
 * `resources/<gr>/namespaces/<ns>/<name>.json` or `resources/<gr>/cluster/<name>.json`, as Ark 0.8.1. Names go in as
 * they are: ':' and '%' too.
 * @throws ArkError RequestRejected when the object cannot be a file: a name that is '.' or '..', holds '/', '\' or NUL
 * or is longer than a file name may be. One such object is a failed item, not a failed backup.
 */
export function objectPath(key: ObjectKey): string {
  assertKey(key);
  return `resources/${key.groupResource}/${scopeOf(key)}/${key.name}.json`;
}

/**
 * `resources/<gr>/<version>-preferredversion/…`, the second copy that Velero writes of each object.
 * @throws ArkError RequestRejected as objectPath
 */
export function preferredVersionPath(key: ObjectKey & { readonly version: string }): string {
  assertKey(key);
  if (!VERSION.test(key.version)) throw unfit(key, `its version is ${quoted(key.version)}`);
  return `resources/${key.groupResource}/${key.version}-preferredversion/${scopeOf(key)}/${key.name}.json`;
}

/** The strict inverse of objectPath: undefined for every path that objectPath does not give. */
export function parseObjectPath(path: string): ObjectKey | undefined {
  if (path.length > MAX_PATH_BYTES || !path.startsWith("resources/") || !path.endsWith(".json")) {
    return undefined;
  }
  const parts = path.slice(0, -".json".length).split("/");
  const key = keyOf(parts);
  return key !== undefined && reasonUnfit(key) === undefined ? key : undefined;
}

/**
 * Whether a path in an archive could lead out of a directory or be read in two ways: absolute, '..', '.', an empty
 * part, a backslash, NUL, or longer than paths may be. One '/' at the end (a directory) is fine.
 */
export function isUnsafePath(path: string): boolean {
  if (path === "" || Buffer.byteLength(path) > MAX_PATH_BYTES || /[\\\0]/.test(path)) return true;
  const parts = path.endsWith("/") ? path.slice(0, -1).split("/") : path.split("/");
  return parts.some((part) => part === "" || part === "." || part === "..");
}

/** The names of a backup's files, as Velero: all but the first and the last start with the backup's name. */
export type BackupFiles = {
  readonly metadata: string;
  readonly contents: string;
  readonly log: string;
  readonly results: string;
  readonly resourceList: string;
  readonly volumeInfo: string;
  /** Our own: what Velero's format has no place for. */
  readonly record: string;
};

export function backupFiles(name: string): BackupFiles {
  return {
    metadata: "velero-backup.json",
    contents: `${name}.tar.gz`,
    log: `${name}-logs.gz`,
    results: `${name}-results.gz`,
    resourceList: `${name}-resource-list.json.gz`,
    volumeInfo: `${name}-volumeinfo.json.gz`,
    record: "kubectl-ark.json",
  };
}

/**
 * The file with the content of a claim's volume: `volumedata_<ns>_<claim>.tar.zst`. No name in it can hold a '_', so that
 * no two claims share a file, and none is taken for another file of a backup. A claim's name that is too long for a
 * file's is cut, and ends in `_<hash>`.
 * @throws ArkError RequestRejected for what is no name of a namespace or a claim
 */
export function volumeDataFile(namespace: string, claim: string): string {
  const key = { groupResource: "persistentvolumeclaims", namespace, name: claim };
  if (!NAMESPACE.test(namespace)) throw unfit(key, `its namespace is ${quoted(namespace)}`);
  if (!CLAIM.test(claim)) throw unfit(key, "its name is not that of a claim");
  const [prefix, suffix] = [`volumedata_${namespace}_`, ".tar.zst"];
  const free = MAX_PART_BYTES - prefix.length - suffix.length;
  if (claim.length <= free) return `${prefix}${claim}${suffix}`;
  const hash = createHash("sha256").update(claim).digest("hex").slice(0, 32);
  return `${prefix}${claim.slice(0, free - hash.length - 1)}_${hash}${suffix}`;
}

function scopeOf(key: ObjectKey): string {
  return key.namespace === undefined ? "cluster" : `namespaces/${key.namespace}`;
}

function keyOf(parts: readonly string[]): ObjectKey | undefined {
  const [, groupResource, scope, third, fourth] = parts;
  if (groupResource === undefined || third === undefined) return undefined;
  if (parts.length === 4 && scope === "cluster") return { groupResource, name: third };
  if (parts.length !== 5 || scope !== "namespaces" || fourth === undefined) return undefined;
  return { groupResource, namespace: third, name: fourth };
}

function assertKey(key: ObjectKey): void {
  const reason = reasonUnfit(key);
  if (reason !== undefined) throw unfit(key, reason);
}

function reasonUnfit(key: ObjectKey): string | undefined {
  const { groupResource, namespace, name } = key;
  if (groupResource.length > MAX_PART_BYTES || !GROUP_RESOURCE.test(groupResource)) {
    return `its resource is ${quoted(groupResource)}`;
  }
  if (namespace !== undefined && !NAMESPACE.test(namespace)) {
    return `its namespace is ${quoted(namespace)}`;
  }
  if (name === "" || name === "." || name === "..") return "its name cannot be a file's name";
  if (/[/\\\0]/.test(name)) return "its name holds a slash, a backslash or NUL";
  if (!name.isWellFormed()) return "its name is not valid Unicode";
  // Three bytes are the most that a UTF-16 unit takes: only long names are worth counting.
  const isLong = name.length * 3 + 5 > MAX_PART_BYTES;
  if (isLong && Buffer.byteLength(name) + 5 > MAX_PART_BYTES) return "its name is too long";
  return undefined;
}

function unfit(key: ObjectKey, reason: string): ArkError {
  const { groupResource } = key;
  const resource = GROUP_RESOURCE.test(groupResource)
    ? shorten(groupResource)
    : quoted(groupResource);
  return new ArkError(
    "RequestRejected",
    `${resource} ${quoted(key.name)} cannot be stored: ${reason}`,
  );
}
