import { gzipSync } from "node:zlib";

/** A value as Velero stores it: JSON and a newline, gzipped; the same value gives the same bytes. */
export function gzipJson(value: unknown): Uint8Array {
  return gzipSync(`${JSON.stringify(value)}\n`);
}

/** Messages of a backup by where they belong, as Velero: of the backup itself, of cluster-scoped objects, of namespaces. */
export type Messages = {
  readonly velero?: readonly string[] | undefined;
  readonly cluster?: readonly string[] | undefined;
  readonly namespaces?: Readonly<Record<string, readonly string[]>> | undefined;
};

/** What `<backup>-results.gz` holds; parts without a message are left out, as Velero. */
export function resultsFile(messages: { readonly errors: Messages; readonly warnings: Messages }): {
  readonly errors: Messages;
  readonly warnings: Messages;
} {
  return { errors: withoutEmpty(messages.errors), warnings: withoutEmpty(messages.warnings) };
}

function withoutEmpty(messages: Messages): Messages {
  const { velero = [], cluster = [], namespaces = {} } = messages;
  const filled = Object.entries(namespaces).filter(([, list]) => list.length > 0);
  return {
    ...(velero.length > 0 ? { velero } : {}),
    ...(cluster.length > 0 ? { cluster } : {}),
    ...(filled.length > 0 ? { namespaces: Object.fromEntries(filled) } : {}),
  };
}
