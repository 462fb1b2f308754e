import { joinShellWords } from "../../lib/shell-quote.ts";
import type { CliContext } from "../cli-context.ts";
import { escapeLine } from "../print/escape.ts";
import { plural } from "../print/quantities.ts";
import { whereOf } from "./cluster-of-backup.ts";
import type { StoredBackupSnapshots } from "./recorded-snapshots.ts";

/** After --keep-snapshots: what is left now, and how it is removed later. */
export function tellKeptSnapshots(backup: StoredBackupSnapshots, { stderr }: CliContext): void {
  const { name, snapshots, cluster } = backup;
  if (snapshots.length === 0) return;
  const title = `${plural(snapshots.length, "volume snapshot")} of ${name} left in cluster ${whereOf(backup)}:`;
  stderr.write(`${escapeLine(title)}\n`);
  for (const { namespace, name: snapshot, contentName } of snapshots) {
    const content = contentName === undefined ? "" : `, content ${contentName}`;
    stderr.write(`  ${escapeLine(`${namespace}/${snapshot}${content}`)}\n`);
  }
  const context = cluster?.context ? ` --context ${joinShellWords([cluster.context])}` : "";
  stderr.write(
    `hint: ${escapeLine(`To remove them later: kubectl ark backup delete ${name}${context}`)}\n`,
  );
}
