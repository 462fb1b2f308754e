import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { before, suite, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { arkSession } from "../../../support/ark-session.ts";
import { configMap, pod } from "../../../support/builders.ts";

const ark = await arkSession();

function pathOf(name: string, file: string): string {
  return join(ark.store, "backups", name, file);
}

suite("stored backups", () => {
  before(async () => {
    ark.server.put(configMap("shop/settings"));
    const key = "pre.hook.backup.ark.heptio.com/command";
    const annotations = { [key]: '["sh","-c","echo not today >&2; exit 4"]' };
    ark.server.put(pod("shop/web", { annotations }));
    await ark.run(
      "backup",
      "daily-20260101000000",
      "-n",
      "shop",
      "--labels",
      "team=db",
      "--ttl",
      "24h",
    );
    await ark.run("backup", "daily-20260102000000", "-n", "shop", "--hooks=false");
    await ark.run("backup", "archive", "--include-resources", "configmaps", "-l", "app!=none");
  });

  test("are listed by name, one series newest first", async () => {
    const { stdout } = await ark.run("backup", "get");
    const rows = stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split(/ {3,}/));
    assert.deepEqual(
      rows.map(([name, status]) => [name, status]),
      [
        ["NAME", "STATUS"],
        ["archive", "Completed"],
        ["daily-20260102000000", "Completed"],
        ["daily-20260101000000", "PartiallyFailed"],
      ],
    );
    assert.equal((await ark.run("get", "backups")).stdout, stdout);
    assert.equal((await ark.run("backup", "get", "--no-headers")).stdout.split("\n").length, 4);
    assert.match((await ark.run("backup", "get", "-o", "wide")).stdout, /ITEMS +CONTEXT/);
  });

  test("are selected by label", async () => {
    const { stdout } = await ark.run("backup", "get", "-l", "team=db", "-o", "name");
    assert.equal(stdout, "backup.velero.io/daily-20260101000000\n");
  });

  test("are printed as objects: one bare, several as a list", async () => {
    const one = JSON.parse((await ark.run("backup", "get", "archive", "-o", "json")).stdout);
    assert.equal(one.kind, "Backup");
    const all = JSON.parse((await ark.run("backup", "get", "-o", "json")).stdout);
    assert.deepEqual([all.kind, all.items.length], ["List", 3]);
    assert.match(
      (await ark.run("backup", "get", "archive", "-o", "yaml")).stdout,
      /^apiVersion: velero/,
    );
  });

  test("an empty store is no error", async () => {
    const store = join(ark.home, "nothing-here");
    const { code, stdout, stderr } = await ark.run("backup", "get", "--store", store);
    assert.deepEqual([code, stdout], [0, ""]);
    assert.match(stderr, /^No backups found in file:/);
  });

  test("are described with hooks, errors and files", async () => {
    const { stdout } = await ark.run("backup", "describe", "daily-20260101000000");
    assert.match(stdout, /Phase: +PartiallyFailed/);
    assert.match(
      stdout,
      /pre +shop\/web +\S+ +sh -c echo not today >&2; exit 4 +failed +\d+ ms +4/,
    );
    assert.match(stdout, /stderr:\n +not today/);
    assert.match(stdout, /pods shop\/web: the pod is not in the backup/);
    assert.match(stdout, /velero-backup\.json/);
    assert.doesNotMatch(stdout, /SHA-256/);
    const detailed = await ark.run("backup", "describe", "daily-20260101000000", "--details");
    assert.match(detailed.stdout, /SHA-256\n.* [0-9a-f]{64}\n/);
    const json = JSON.parse(
      (await ark.run("backup", "describe", "daily-20260101000000", "-o", "json")).stdout,
    );
    assert.equal(json.record.hooks[0].exitCode, 4);
  });

  test("their checksums are those of the files", async () => {
    const { record } = JSON.parse(
      (await ark.run("backup", "describe", "archive", "-o", "json")).stdout,
    );
    for (const [file, { sha256 }] of Object.entries<{ sha256: string }>(record.files)) {
      const bytes = readFileSync(pathOf("archive", file));
      assert.equal(createHash("sha256").update(bytes).digest("hex"), sha256, file);
    }
  });

  test("print their log", async () => {
    const { code, stdout } = await ark.run("backup", "logs", "daily-20260101000000");
    assert.equal(code, 0);
    assert.match(stdout, /level=info msg="running exec hook"/);
    assert.match(stdout, /level=error/);
  });

  test("a log that is spoilt is said to be", async () => {
    await ark.run("backup", "spoilt-log", "-n", "shop", "--hooks=false");
    writeFileSync(pathOf("spoilt-log", "spoilt-log-logs.gz"), "no gzip");
    const { code, stderr } = await ark.run("backup", "logs", "spoilt-log");
    assert.equal(code, 1);
    assert.match(stderr, /the log cannot be unpacked/);
  });

  test("are downloaded as they are, for their owner only and not over a file", async () => {
    const file = join(ark.home, "copy.tar.gz");
    const { code } = await ark.run("backup", "download", "archive", "-o", file);
    assert.equal(code, 0);
    assert.deepEqual(readFileSync(file), readFileSync(pathOf("archive", "archive.tar.gz")));
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const again = await ark.run("backup", "download", "archive", "-o", file);
    assert.equal(again.code, 2);
    assert.match(again.stderr, /Use --force/);
    assert.equal((await ark.run("backup", "download", "archive", "-o", file, "--force")).code, 0);
  });

  test("a download that differs from its checksum is refused and removed", async () => {
    await ark.run("backup", "spoilt", "-n", "shop", "--hooks=false");
    appendFileSync(pathOf("spoilt", "spoilt.tar.gz"), "x");
    const file = join(ark.home, "spoilt.tar.gz");
    const { code, stderr } = await ark.run("backup", "download", "spoilt", "-o", file);
    assert.equal(code, 1);
    assert.match(stderr, /its checksum differs/);
    assert.ok(!existsSync(file));
  });

  test("one that cannot be read does not hide the others", async () => {
    const directory = join(ark.store, "backups", "broken");
    mkdirSync(directory);
    writeFileSync(join(directory, "velero-backup.json"), "{");
    const { code, stdout, stderr } = await ark.run("backup", "get");
    assert.equal(code, 1);
    assert.match(stderr, /backup broken: velero-backup\.json is not valid JSON/);
    assert.match(stdout, /archive/);
  });

  test("one that another tool made is described from its Backup object", async () => {
    const directory = join(ark.store, "backups", "foreign");
    mkdirSync(directory);
    const backup = {
      apiVersion: "velero.io/v1",
      kind: "Backup",
      metadata: { name: "foreign" },
      spec: null,
      status: { phase: "Completed" },
    };
    writeFileSync(join(directory, "velero-backup.json"), JSON.stringify(backup));
    const { code, stdout } = await ark.run("backup", "describe", "foreign");
    assert.equal(code, 0);
    assert.match(stdout, /Phase: +Completed/);
  });

  test("names from an archive cannot drive the terminal", async () => {
    const directory = join(ark.store, "backups", "hostile");
    mkdirSync(directory);
    const backup = {
      apiVersion: "velero.io/v1",
      kind: "Backup",
      metadata: { name: "hostile", labels: { a: "\u001b[31mred\u202e" } },
      status: { phase: "\u001b[2J" },
    };
    writeFileSync(join(directory, "velero-backup.json"), JSON.stringify(backup));
    for (const command of ["get", "describe"]) {
      const { stdout } = await ark.run("backup", command, "hostile");
      assert.ok(!stdout.includes("\u001b") && !stdout.includes("\u202e"), command);
    }
  });

  test("are deleted after a question that only yes answers", async () => {
    await ark.run("backup", "old", "-n", "shop", "--hooks=false");
    assert.equal((await ark.runWith({ typed: "n\n" }, "backup", "delete", "old")).code, 1);
    assert.ok(existsSync(pathOf("old", "velero-backup.json")));
    const unasked = await ark.run("backup", "delete", "old");
    assert.equal(unasked.code, 2);
    assert.match(unasked.stderr, /Add --confirm/);
    const { code, stdout } = await ark.runWith({ typed: "y\n" }, "backup", "delete", "old");
    assert.deepEqual([code, stdout], [0, 'backup "old" deleted\n']);
    assert.ok(!existsSync(pathOf("old", "velero-backup.json")));
  });

  test("a name that is not there deletes none of the others", async () => {
    const { code, stderr } = await ark.run("backup", "delete", "archive", "achive", "--confirm");
    assert.equal(code, 1);
    assert.match(stderr, /there is no backup "achive".*did you mean archive/);
    assert.ok(existsSync(pathOf("archive", "velero-backup.json")));
  });

  test("their log is a gzip member that anything reads", () => {
    const log = gunzipSync(readFileSync(pathOf("archive", "archive-logs.gz"))).toString();
    assert.match(log.trimEnd().split("\n").at(-1) ?? "", /Backup completed successfully/);
  });
});
