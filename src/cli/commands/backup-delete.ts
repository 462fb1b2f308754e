import { messageOf } from "../../lib/errors.ts";
import type { CliContext } from "../cli-context.ts";
import { openStore } from "../compose.ts";
import { EXIT } from "../exit-codes.ts";
import { confirm } from "../confirm.ts";
import { assertStored } from "../stored-backups.ts";

export type DeleteArguments = {
  readonly name: readonly string[];
  readonly store?: string | undefined;
  readonly confirm?: boolean | undefined;
};

/** `backup delete NAME…`: asks first; every name is checked before the first backup is deleted. */
export async function runBackupDelete(
  flags: DeleteArguments,
  context: CliContext,
): Promise<number> {
  const store = await openStore(flags.store, context);
  const names = [...new Set(flags.name)];
  for (const name of names) await assertStored(store, name, context.signal);
  if (!flags.confirm) {
    const question = `Delete ${names.join(", ")} from ${store.url}?`;
    const isSure = await confirm(question, "--confirm", context);
    if (!isSure) {
      context.stderr.write("Nothing was deleted.\n");
      return EXIT.failed;
    }
  }
  let failed = false;
  for (const name of names) {
    try {
      await store.delete(name, context.signal);
      context.stdout.write(`backup "${name}" deleted\n`);
    } catch (error) {
      if (context.signal.aborted) throw error;
      context.stderr.write(`error: backup ${name}: ${messageOf(error)}\n`);
      failed = true;
    }
  }
  return failed ? EXIT.failed : EXIT.ok;
}
