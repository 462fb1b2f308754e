import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { suite, test } from "node:test";
import type { BackupEvent } from "../../../../src/backup/backup-events.ts";
import { createProgressPrinter } from "../../../../src/cli/print/progress.ts";

const identity = {
  context: "c",
  cluster: "c",
  server: "https://x",
  user: "u",
  namespace: "shop",
};

/** What is written for `events`, to a pipe or to a terminal. */
function printed(events: readonly BackupEvent[], isTTY = false): string {
  let written = "";
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written += chunk.toString();
      done();
    },
  });
  const device = Object.assign(stream, { isTTY, columns: 100 });
  const printer = createProgressPrinter(device, { storeUrl: "file:///s", cluster: { identity } });
  for (const event of events) printer.observe(event);
  return written;
}

suite("the progress of volumes", () => {
  const claim = "shop/data";

  test("has a line for each snapshot that was cut or failed, and for each copy that ended", () => {
    const text = printed([
      { kind: "snapshot-cut", claim, afterMs: 302 },
      { kind: "snapshot-failed", claim, message: "no space\nleft\u001b[2J" },
      { kind: "volumes-settling", waiting: 2 },
      { kind: "copy-progress", claim, bytes: 100 },
      { kind: "copy-ended", claim, bytes: 3 * 2 ** 20, durationMs: 2000 },
      { kind: "copy-ended", claim, bytes: 100, durationMs: 50 },
      { kind: "copy-ended", claim, bytes: 0, durationMs: 900, failed: "the pod is gone" },
    ]);
    assert.deepEqual(text.split("\n"), [
      "snapshot of shop/data: cut in 302 ms",
      "snapshot of shop/data: failed: no space left\\u{1b}[2J",
      "data of shop/data: 3.0 MiB copied in 2.0 s (1.5 MiB/s)",
      "data of shop/data: 100 B copied in 50 ms",
      "data of shop/data: failed after 900 ms: the pod is gone",
      "",
    ]);
  });

  test("says on a terminal how many snapshots are waited for", () => {
    assert.match(
      printed([{ kind: "volumes-settling", waiting: 1 }], true),
      /waiting for 1 snapshot to become ready…$/,
    );
  });

  test("says on a terminal how much was copied", () => {
    const text = printed([{ kind: "copy-progress", claim, bytes: 2 ** 20 }], true);
    assert.match(text, /copying shop\/data: 1\.0 MiB…$/);
  });
});
