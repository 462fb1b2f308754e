import assert from "node:assert/strict";
import { before, beforeEach, test } from "node:test";
import { storeEntries } from "./support/archive.ts";
import { installArk } from "./support/cli.ts";
import { kubectl, useNamespace } from "./support/cluster.ts";
import { startHoldingProxy } from "./support/holding-proxy.ts";
import { hookAnnotations } from "./support/manifests.ts";
import { beforeTheEnd, type Ran, type Running } from "./support/process.ts";
import { applyWriterExample, assertWritable } from "./support/writer-app.ts";

const namespace = await useNamespace("interrupt");
const ark = await installArk();
const proxy = await startHoldingProxy();
const inside = ["-n", namespace.name];

before(async () => {
  await applyWriterExample(namespace);
  // Freezes, says so, and then takes its time until it is told to go on.
  const wait = "while [ ! -e /tmp/go ]; do sleep 0.1; done";
  const hooks = hookAnnotations({
    pre: ["sh", "-c", `fsfreeze --freeze /data && touch /tmp/begun; ${wait}`],
    post: ["fsfreeze", "--unfreeze", "/data"],
    settings: { "pre.container": "fsfreeze", "post.container": "fsfreeze" },
  });
  const pairs = Object.entries(hooks).map(([key, value]) => `${key}=${value}`);
  await kubectl(["annotate", ...inside, "pod/writer", ...pairs]);
});

beforeEach(() => namespace.exec("writer", "fsfreeze", ["rm", "-f", "/tmp/begun", "/tmp/go"]));

/** Waits until the pre hook has frozen the volume. */
async function frozen(backup: Running): Promise<void> {
  await beforeTheEnd(backup, namespace.fileExists("writer", "fsfreeze", "/tmp/begun"));
}

/** Thawed, and no trace of a backup. */
async function assertUndone({ exitCode, stdout, stderr }: Ran): Promise<void> {
  assert.equal(exitCode, 130, stdout + stderr);
  assert.equal(stdout, "");
  assert.match(
    stderr,
    /^SIG\w+: stopping[^]*^post hook .*: fsfreeze --unfreeze \/data: succeeded/m,
  );
  await assertWritable(namespace);
  assert.deepEqual(await storeEntries(ark), []);
  const listed = await ark.run(["backup", "get"]);
  assert.deepEqual([listed.exitCode, listed.stdout], [0, ""]);
  assert.match(listed.stderr, /^No backups found in file:/);
}

for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  test(`${name} during a pre hook: the post hook runs, and there is no backup`, async () => {
    const backup = ark.start(["backup", "broken-off", ...inside]);
    await frozen(backup);
    backup.signal(name);
    await assertUndone(await backup.ended);
  });
}

test("Ctrl-C during the capture: the post hook runs, and there is no backup", async () => {
  const backup = ark.start(["backup", "broken-off", ...inside, ...proxy.flags]);
  await frozen(backup);
  // The newest connection is the hook's own: it ends as usual, and then the capture gets no answer.
  proxy.holdAllButNewest();
  await namespace.exec("writer", "fsfreeze", ["touch", "/tmp/go"]);
  await backup.seen(/^pre hook .*: succeeded/m);
  backup.signal("SIGINT");
  await backup.seen(/^SIGINT: stopping/m);
  proxy.release();
  await assertUndone(await backup.ended);
});

test("a second Ctrl-C does not leave the volume frozen", async () => {
  const backup = ark.start(["backup", "broken-off", ...inside, ...proxy.flags]);
  await frozen(backup);
  proxy.holdAllButNewest();
  backup.signal("SIGINT");
  await backup.seen(/^SIGINT: stopping/m);
  backup.signal("SIGINT");
  await backup.seen(/^Still running post hooks/m);
  proxy.release();
  await assertUndone(await backup.ended);
});
