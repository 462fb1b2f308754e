import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startFakeApiServer } from "../test/support/fake-api-server/server.ts";
import { listArchive, listFiles } from "./demo/backup-files.ts";
import { shopContainers } from "./demo/containers.ts";
import { failingPod, shopObjects, shopResources } from "./demo/shop.ts";
import { SnapshotStorage } from "./demo/snapshot-storage.ts";
import { createArk, say, title } from "./demo/stage.ts";
import { assertOrder, timelineOf } from "./demo/timeline.ts";

/**
 * demo [--keep]: the built executable against a simulated cluster, in a temporary directory that is removed afterwards
 * unless --keep says so. Ends with exit code 1 when something is not as it should be.
 */

// A reader that went away (`| head`) must not keep the directory from being removed.
process.stdout.on("error", () => {});
const isKept = process.argv.includes("--keep");
const directory = await mkdtemp(join(tmpdir(), "ark-demo-"));
const frozen = new Set<string>();
const storage = new SnapshotStorage(frozen, () => server);
const server = await startFakeApiServer({
  resources: shopResources,
  containerRuntime: shopContainers(frozen),
  onWrite: storage.onWrite,
});
const ark = createArk(directory);
try {
  await play();
} catch (error) {
  say(`The demo failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  storage.close();
  await server.close();
  if (isKept) say("", `Kept: ${directory}`);
  else await rm(directory, { recursive: true, force: true });
}

async function play(): Promise<void> {
  for (const object of shopObjects) server.put(object);
  await writeFile(join(directory, "kubeconfig"), simulatedKubeconfig(), { mode: 0o600 });
  title("kubectl ark: a demo on a SIMULATED cluster");
  say(
    "The cluster below is SIMULATED: an API server of this project's tests, speaking",
    "HTTPS and WebSocket on this machine; small programs play its pods and storage.",
    "The executable is the real one, dist/kubectl-ark, called as a user calls it.",
    "On a real cluster the same commands run.",
  );
  await showHooks();
  await takeBackup();
  await readBackup();
  await survivesFailingHook();
  await deleteBackup();
  title("That was it, on a SIMULATED cluster");
  say(
    "On your own cluster: put dist/kubectl-ark on your PATH, then",
    "",
    "  kubectl ark hooks get -A",
    "  kubectl ark backup -n NAMESPACE --dry-run",
    "  kubectl ark backup -n NAMESPACE",
  );
}

async function showHooks(): Promise<void> {
  title("Which hooks do the pods ask for, and what would run?");
  await ark(["hooks", "get", "-n", "shop"]);
  await ark(["backup", "monday", "-n", "shop", "--dry-run"]);
}

async function takeBackup(): Promise<void> {
  title("The backup");
  // One pod after another, so that the log below has nothing of another pod in between.
  await ark(["backup", "monday", "-n", "shop", "--parallelism", "1"]);
  const { requests } = server;
  const timeline = timelineOf({ pod: "web", claim: "data-web", requests, events: storage.events });
  say("Pod web, from its freeze to its thaw, as API server and storage saw it:", "");
  say(...timeline.map((line) => `  ${line}`), "");
  assertOrder(timeline, ["run in web: fsfreeze -f", "read pods/web", "run in web: fsfreeze -u"]);
  assertOrder(timeline, [
    "run in web: fsfreeze -f /data",
    "create volumesnapshots/ark-data-web-",
    "(storage) snapshot of data-web is cut; frozen: shop/web /data",
    "run in web: fsfreeze -u /data",
    "(storage) snapshot of data-web is ready; nothing is frozen",
  ]);
  say("The snapshot was created and cut while /data was frozen. Until it was ready took");
  say("longer, as with storage that uploads it: /data had been thawed by then.", "");
  assertNothingFrozen();
  assertSnapshots(2);
}

async function readBackup(): Promise<void> {
  title("Reading it");
  await ark(["backup", "get"]);
  await ark(["backup", "describe", "monday"]);
  await ark(["backup", "describe", "monday", "--timeline"]);
  await ark(["backup", "download", "monday", "-o", "monday.tar.gz"]);
  say("What is in it, as `tar tzf monday.tar.gz` would list it:", "");
  say(...(await listArchive(join(directory, "monday.tar.gz"))).map((name) => `  ${name}`), "");
  say("Its files, named as Velero names them, in kubectl-ark/backups/monday:", "");
  say(...(await listFiles(join(directory, "kubectl-ark/backups/monday"))));
}

async function survivesFailingHook(): Promise<void> {
  title("And when a hook fails after it froze the pod?");
  server.put(failingPod);
  await ark(["backup", "tuesday", "-n", "lab"], 3);
  await assertThawedAndLeftOut("clumsy");
  say("The pre hook failed, so the pod is not in the backup and the exit code says so;");
  say("its post hook ran all the same.", "");
  assertNothingFrozen();
}

async function assertThawedAndLeftOut(pod: string): Promise<void> {
  const ran = server.requests
    .filter(({ path }) => path.endsWith(`/pods/${pod}/exec`))
    .map(({ query }) => query.getAll("command").join(" "));
  if (!ran.includes("fsfreeze -u /data")) throw new Error(`no post hook was run in ${pod}`);
  const archive = join(directory, "kubectl-ark/backups/tuesday/tuesday.tar.gz");
  const stored = (await listArchive(archive)).filter((name) => name.includes("/pods/"));
  if (stored.length > 0) throw new Error(`in the backup all the same: ${stored.join(", ")}`);
}

async function deleteBackup(): Promise<void> {
  title("Deleting monday, with its snapshots");
  await ark(["backup", "delete", "monday", "--confirm"]);
  assertSnapshots(0);
}

function assertSnapshots(count: number): void {
  const counts = [...Object.values(storage.countObjects()), storage.held.size];
  if (counts.some((each) => each !== count)) {
    throw new Error(`${counts.join(", ")} VolumeSnapshots, contents and snapshots, not ${count}`);
  }
  say(`Snapshots in the simulated cluster and its storage now: ${count === 0 ? "none" : count}`);
}

function assertNothingFrozen(): void {
  if (frozen.size > 0) throw new Error(`still frozen: ${[...frozen].join(", ")}`);
  say("Frozen file systems in the simulated cluster now: none");
}

/** A kubeconfig for the server, whose context says what it is. */
function simulatedKubeconfig(): string {
  return server.kubeconfig().replaceAll('"fake"', '"simulated"');
}
