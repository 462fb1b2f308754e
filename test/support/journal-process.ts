/**
 * A process of its own that writes to a journal: `journal-process.ts DIRECTORY BACKUP PODS [KILL_AT]`. It notes PODS pods,
 * says "frozen", waits for a line, closes the notes of all but the last pod, says "done" and ends the run. With KILL_AT it
 * ends itself by SIGKILL before that operation on the disk.
 */
import { once } from "node:events";
import { createDirectoryJournal } from "../../src/journal/directory/directory-journal.ts";
import { journalFilesystemWith } from "./failing-journal-filesystem.ts";
import { aFreeze, runFacts } from "./journal-builders.ts";

const [directory = "", backup = "", pods = "1", killAt = "none"] = process.argv.slice(2);

let operations = 0;
const files = journalFilesystemWith((operation) => {
  operations += 1;
  if (operation === killAt || String(operations) === killAt) process.kill(process.pid, "SIGKILL");
});
const run = await createDirectoryJournal(directory, files).open(runFacts({ backup }));
const ids: string[] = [];
for (let index = 0; index < Number(pods); index += 1) {
  ids.push(await run.freezing(aFreeze({ pod: `${backup}-${index}` })));
}
process.stdout.write("frozen\n");
await once(process.stdin, "data");
for (const id of ids.slice(0, -1)) await run.thawed(id);
process.stdout.write("done\n");
await run.close();
process.exit();
