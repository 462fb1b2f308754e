import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { storedJson, storedText, storeEntries, unpack, type Unpacked } from "./support/archive.ts";
import { installArk } from "./support/cli.ts";
import { kubectl, kubectlJson, useNamespace } from "./support/cluster.ts";
import { aConfigMap, hookAnnotations } from "./support/manifests.ts";
import { applyWriterExample } from "./support/writer-app.ts";

const namespace = await useNamespace("layout");
const ark = await installArk();
const name = "nightly";
let archive: Unpacked;

before(async () => {
  await applyWriterExample(namespace);
  await namespace.apply(aConfigMap("settings", { app: "writer" }));
  const hooks = hookAnnotations({ pre: ["echo", "quiesced"], post: ["echo", "resumed"] });
  const pairs = Object.entries(hooks).map(([key, value]) => `${key}=${value}`);
  await kubectl(["annotate", "-n", namespace.name, "pod/writer", ...pairs]);
  const settings = ["--labels", "tier=gold", "--ttl", "720h", "--snapshot-volumes=false"];
  const words = ["backup", name, "-n", namespace.name, ...settings];
  const { exitCode, stdout, stderr } = await ark.run(words);
  assert.equal(exitCode, 0, stdout + stderr);
  archive = await unpack(ark, name);
});

const files = [
  "kubectl-ark.json",
  `${name}-logs.gz`,
  `${name}-resource-list.json.gz`,
  `${name}-results.gz`,
  `${name}-volumeinfo.json.gz`,
  `${name}.tar.gz`,
  "velero-backup.json",
];

test("the store holds Velero's files and the record, for the owner's eyes only", async () => {
  assert.deepEqual(await storeEntries(ark), [name]);
  const directory = ark.backupDirectory(name);
  assert.equal((await stat(directory)).mode & 0o777, 0o700);
  const { stdout } = await ark.run(["backup", "describe", name, "-o", "json"]);
  const described: { files: { name: string }[] } = JSON.parse(stdout);
  assert.deepEqual(
    described.files.map((file) => file.name),
    files,
  );
  for (const file of files) {
    assert.equal((await stat(join(directory, file))).mode & 0o777, 0o600, file);
  }
});

test("the record has the checksum of every other file", async () => {
  const { files: digests } = await ark.record(name);
  assert.deepEqual(
    Object.keys(digests).toSorted(),
    files.filter((f) => f !== "kubectl-ark.json"),
  );
  for (const [file, { sha256, sizeBytes }] of Object.entries(digests)) {
    const bytes = await readFile(join(ark.backupDirectory(name), file));
    assert.equal(createHash("sha256").update(bytes).digest("hex"), sha256, file);
    assert.equal(bytes.length, sizeBytes, file);
  }
});

test("the archive begins with the format's version, and every file has mode 0755", async () => {
  assert.equal(archive.paths[0], "metadata/version");
  assert.equal(await archive.read("metadata/version"), "1.1.0\n");
  for (const path of archive.paths) assert.equal(await archive.mode(path), 0o755, path);
  assert.equal(new Set(archive.paths).size, archive.paths.length);
});

test("objects stand in Ark's paths: the namespace's, and the volume that comes along", async () => {
  const words = ["get", "pvc", "data", "-n", namespace.name, "-o", "jsonpath={.spec.volumeName}"];
  const volume = await kubectl(words);
  const place = `namespaces/${namespace.name}`;
  const expected = [
    "metadata/version",
    `resources/configmaps/${place}/settings.json`,
    `resources/namespaces/cluster/${namespace.name}.json`,
    `resources/persistentvolumeclaims/${place}/data.json`,
    `resources/persistentvolumes/cluster/${volume}.json`,
    `resources/pods/${place}/writer.json`,
    `resources/serviceaccounts/${place}/default.json`,
  ];
  const other = archive.paths.filter((path) => !path.startsWith("resources/events"));
  assert.deepEqual(other.toSorted(), expected);
});

type KubernetesObject = {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; managedFields?: unknown; resourceVersion?: string };
};

test("each object is stored as kubectl gets it, status included", async () => {
  const paths = archive.paths.filter((path) => /^resources\/(?!events)/.test(path));
  for (const path of paths) {
    const stored: KubernetesObject = JSON.parse(await archive.read(path));
    const [, groupResource = ""] = path.split("/");
    const where = stored.metadata.namespace ? ["-n", stored.metadata.namespace] : [];
    const got = await kubectlJson<KubernetesObject>([
      "get",
      groupResource,
      stored.metadata.name,
      ...where,
    ]);
    // A kubelet adds to the status of a pod that it has just started.
    const isSame = stored.metadata.resourceVersion === got.metadata.resourceVersion;
    const [expected, actual] = [got, stored].map((object) => {
      const { status, ...rest } = withoutBookkeeping(object);
      return isSame ? { ...rest, status } : { ...rest, hasStatus: status !== undefined };
    });
    assert.deepEqual(actual, expected, path);
  }
});

function withoutBookkeeping(
  object: KubernetesObject,
): KubernetesObject & { readonly status?: unknown } {
  const { managedFields: _fields, resourceVersion: _version, ...metadata } = object.metadata;
  return { ...object, metadata };
}

test("velero-backup.json is a Backup that Velero can sync", async () => {
  type VeleroBackup = {
    apiVersion: string;
    kind: string;
    metadata: { name: string; labels: unknown };
    spec: Record<string, unknown>;
    status: Record<string, unknown>;
  };
  const backup = await storedJson<VeleroBackup>(ark, name, "velero-backup.json");
  const { apiVersion, kind, metadata, spec, status } = backup;
  assert.deepEqual([apiVersion, kind, metadata.name], ["velero.io/v1", "Backup", name]);
  assert.deepEqual(metadata.labels, { tier: "gold" });
  const includedNamespaces = [namespace.name];
  assert.deepEqual(spec, { includedNamespaces, ttl: "720h", snapshotVolumes: false });
  const { phase, version, formatVersion, hookStatus, progress } = status;
  assert.deepEqual([phase, version, formatVersion], ["Completed", 1, "1.1.0"]);
  assert.deepEqual(hookStatus, { hooksAttempted: 2, hooksFailed: 0 });
  const items = archive.paths.length - 1;
  assert.deepEqual(progress, { totalItems: items, itemsBackedUp: items });
  assert.deepEqual([status["errors"], status["warnings"]], [undefined, undefined]);
  const lifetimeMs =
    Date.parse(String(status["expiration"])) - Date.parse(String(status["startTimestamp"]));
  assert.equal(lifetimeMs, 720 * 3_600_000);
});

test("the resource list names what is in the archive, by kind", async () => {
  const file = `${name}-resource-list.json.gz`;
  const list = await storedJson<Record<string, string[]>>(ark, name, file);
  assert.deepEqual(list["v1/Pod"], [`${namespace.name}/writer`]);
  assert.deepEqual(list["v1/Namespace"], [namespace.name]);
  assert.equal(Object.values(list).flat().length, archive.paths.length - 1);
});

test("results and volume information are empty, and the log tells of the hooks", async () => {
  assert.deepEqual(await storedJson(ark, name, `${name}-results.gz`), { errors: {}, warnings: {} });
  assert.deepEqual(await storedJson(ark, name, `${name}-volumeinfo.json.gz`), []);
  const log = await storedText(ark, name, `${name}-logs.gz`);
  assert.match(log, /level=info msg="running exec hook" .*hookPhase=pre.* name=writer/);
  assert.match(log, /level=info msg="stdout: quiesced\\n" /);
  assert.match(log, /msg="Backup completed successfully" /);
  const { stdout } = await ark.run(["backup", "logs", name]);
  assert.equal(stdout, log);
});
