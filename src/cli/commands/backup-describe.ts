import type { CliContext } from "../cli-context.ts";
import { openStore } from "../compose.ts";
import { EXIT } from "../exit-codes.ts";
import { formatDescription, type BackupDescription } from "../print/description.ts";
import { formatStructured } from "../print/structured.ts";
import { readBackupRecord, readStoredBackup } from "../stored-backups.ts";

export type DescribeArguments = {
  readonly name: readonly string[];
  readonly store?: string | undefined;
  readonly output?: "json" | "yaml" | undefined;
  readonly details?: boolean | undefined;
};

/** `backup describe NAME…`: the Backup object, kubectl-ark's record of it, and its files. */
export async function runBackupDescribe(
  flags: DescribeArguments,
  context: CliContext,
): Promise<number> {
  const store = await openStore(flags.store, context);
  const descriptions: BackupDescription[] = [];
  for (const name of flags.name) {
    descriptions.push({
      backup: await readStoredBackup(store, name, context.signal),
      record: await readBackupRecord(store, name, context.signal),
      files: await store.files(name, context.signal),
    });
  }
  context.stdout.write(format(descriptions, flags));
  return EXIT.ok;
}

function format(descriptions: readonly BackupDescription[], flags: DescribeArguments): string {
  const { output, details = false } = flags;
  if (output === undefined) {
    return descriptions.map((one) => formatDescription(one, { details })).join("\n\n");
  }
  const value = descriptions.length === 1 ? descriptions[0] : descriptions;
  return formatStructured(value, output);
}
