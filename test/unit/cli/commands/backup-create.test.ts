import assert from "node:assert/strict";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, beforeEach, suite, test } from "node:test";
import { arkSession } from "../../../support/ark-session.ts";
import { hookAnnotations } from "../../../support/backup-builders.ts";
import { claim, configMap, pod, secret, volume } from "../../../support/builders.ts";
import { respond } from "../../../support/fake-api-server/faults.ts";

const ark = await arkSession();

suite("kubectl ark backup", () => {
  let count = 0;
  let name = "";
  before(() => {
    const freeze = hookAnnotations({ pre: "fsfreeze --freeze /d", post: "fsfreeze --unfreeze /d" });
    const annotations = Object.fromEntries(
      Object.entries(freeze).map(([key, value]) => [key, JSON.stringify(value.split(" "))]),
    );
    ark.server.put(pod("shop/db", { claims: ["data"], annotations }));
    ark.server.put(claim("shop/data", "pv-1"));
    ark.server.put(volume("pv-1", "shop/data"));
    ark.server.put(configMap("shop/settings"));
    ark.server.put(secret("shop/password"));
    ark.server.put(configMap("other/settings"));
  });
  beforeEach(() => {
    name = `test-${(count += 1)}`;
    ark.server.clearFaults();
  });

  test("runs the hooks, stores the namespace, and says so", async () => {
    const { code, stdout, stderr } = await ark.run("backup", name, "-n", "shop");
    assert.equal(code, 0, stderr);
    assert.match(
      stdout,
      new RegExp(`^Backup ${name} Completed: \\d+ objects, .*2 hooks, longest freeze`),
    );
    assert.match(
      stderr,
      /^Backing up namespace shop of context \S+ \(https:\S+\) as test-1 to file:/,
    );
    assert.match(stderr, /pre hook shop\/db \(\S+\): fsfreeze --freeze \/d: succeeded in/);
    assert.match(stderr, /post hook shop\/db \(\S+\): fsfreeze --unfreeze \/d: succeeded in/);
    assert.equal(ark.server.frozen.size, 0);
    assert.ok(existsSync(join(ark.store, "backups", name, "velero-backup.json")));
  });

  test("writes no control characters into a pipe", async () => {
    const { stdout, stderr } = await ark.run("backup", name, "-n", "shop");
    // oxlint-disable-next-line no-control-regex -- these are what must not be there
    assert.doesNotMatch(stdout + stderr, /[\u0000-\u0009\u000b-\u001f]/);
  });

  test("prints the record with -o json and the name with -o name", async () => {
    const { stdout } = await ark.run("backup", name, "-n", "shop", "-o", "json");
    const record = JSON.parse(stdout);
    assert.equal(record.kind, "BackupRecord");
    assert.deepEqual(
      record.hooks.map((hook: { phase: string; exitCode: number }) => [hook.phase, hook.exitCode]),
      [
        ["pre", 0],
        ["post", 0],
      ],
    );
    const named = await ark.run("backup", `${name}-b`, "-n", "shop", "-o", "name");
    assert.equal(named.stdout, `backup.velero.io/${name}-b\n`);
  });

  test("names a backup by context and time when it has no name", async () => {
    const { stdout } = await ark.run("backup", "-n", "shop", "-o", "name");
    assert.match(stdout, /^backup\.velero\.io\/[a-z0-9-]+-\d{14}\n$/);
  });

  test("takes a document, which flags override", async () => {
    const file = join(ark.home, "backup.yaml");
    writeFileSync(
      file,
      [
        "apiVersion: ark.heptio.com/v1",
        "kind: Backup",
        `metadata: {name: ${name}, labels: {team: db}}`,
        "spec:",
        "  includedNamespaces: [other]",
        "  ttl: 24h",
        "  storageLocation: default",
      ].join("\n"),
    );
    const { code, stdout, stderr } = await ark.run(
      "backup",
      "-f",
      file,
      "-n",
      "shop",
      "-o",
      "json",
    );
    assert.equal(code, 0, stderr);
    assert.equal(JSON.parse(stdout).backup, name);
    assert.match(JSON.stringify(JSON.parse(stdout).warnings), /storageLocation: ignored/);
    const stored = JSON.parse((await ark.run("backup", "get", name, "-o", "json")).stdout);
    assert.deepEqual(stored.spec.includedNamespaces, ["shop"]);
    assert.equal(stored.spec.storageLocation, undefined);
    assert.ok(stored.status.expiration);
    assert.deepEqual(stored.metadata.labels, { team: "db" });
  });

  test("is PartiallyFailed with exit code 3 where something is forbidden, and says how to leave it out", async () => {
    const forbidden = {
      kind: "Status",
      status: "Failure",
      reason: "Forbidden",
      code: 403,
      message: 'secrets is forbidden: cannot list resource "secrets"',
    };
    ark.server.fault({
      match: ({ path }) => path.endsWith("/secrets"),
      times: 10,
      fault: respond({
        status: 403,
        headers: { "content-type": "application/json" },
        body: JSON.stringify(forbidden),
      }),
    });
    const { code, stdout } = await ark.run("backup", name, "-n", "shop");
    assert.equal(code, 3);
    assert.match(stdout, /PartiallyFailed/);
    assert.match(stdout, /error: secrets: .*cannot list resource "secrets"/);
    assert.match(stdout, /hint: .*--exclude-resources=secrets/);
  });

  test("a dry run shows what would run, and runs and stores nothing", async () => {
    const asked = ark.server.requests.length;
    const { code, stdout } = await ark.run("backup", name, "-n", "shop", "--dry-run");
    assert.equal(code, 0);
    assert.match(stdout, /shop\/db +pre +\S+ +fsfreeze --freeze \/d/);
    assert.match(stdout, /Nothing was run or stored/);
    const paths = ark.server.requests.slice(asked).map(({ path }) => path);
    assert.ok(!paths.some((path) => path.endsWith("/exec")));
    assert.ok(!readdirSync(join(ark.store, "backups")).includes(name));
    const json = JSON.parse(
      (await ark.run("backup", "-n", "shop", "--dry-run", "-o", "json")).stdout,
    );
    assert.equal(json.blocks[0].pods[0].pre[0].command[0], "fsfreeze");
  });

  test("does not overwrite a backup of the same name", async () => {
    assert.equal((await ark.run("backup", name, "-n", "shop")).code, 0);
    const { code, stderr } = await ark.run("backup", name, "-n", "shop");
    assert.equal(code, 1);
    assert.match(stderr, /already exists/);
  });

  test("an interruption before it starts ends with 130 and stores nothing", async () => {
    const { code, stderr } = await ark.runWith({ signal: AbortSignal.abort() }, "backup", name);
    assert.equal(code, 130, stderr);
    assert.ok(!readdirSync(join(ark.store, "backups")).includes(name));
  });
});
