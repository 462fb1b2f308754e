/**
 * A process of its own that writes one backup: `store-process.ts ROOT NAME TEXT [KILL_AT]`. With KILL_AT it ends itself
 * by SIGKILL before that operation on the disk. It says "ready" before it publishes, waits for a line, and says how it ended, be it at create.
 */
import { once } from "node:events";
import { hasCode } from "../../src/lib/errors.ts";
import { createDirectoryStore } from "../../src/store/directory/directory-store.ts";
import { filesystemWith } from "./failing-filesystem.ts";
import { writeFiles } from "./publish-backup.ts";

const [root = "", name = "", text = "", killAt = "none"] = process.argv.slice(2);

const files = filesystemWith((operation) => {
  if (operation === killAt) process.kill(process.pid, "SIGKILL");
});
try {
  const writer = await createDirectoryStore(root, files).create(name, new AbortController().signal);
  await writeFiles(writer, { who: text });
  process.stdout.write("ready\n");
  await once(process.stdin, "data");
  await writer.publish();
  process.stdout.write("published\n");
} catch (error) {
  process.stdout.write(hasCode(error, "BackupExists") ? "exists\n" : `failed: ${String(error)}\n`);
}
process.exit();
