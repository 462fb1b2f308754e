import assert from "node:assert/strict";
import { before, suite, test } from "node:test";
import { installArk } from "./support/cli.ts";
import { kubectl, useNamespace } from "./support/cluster.ts";
import { backUpWhileWriting, setRecipe, startDatabase } from "./support/database-backup.ts";
import {
  acknowledged,
  aDatabaseClaim,
  aDatabasePod,
  type DatabasePod,
  writerScript,
  writesBeyond,
} from "./support/database-pods.ts";
import { beforeTheEnd, eventually, runProcess } from "./support/process.ts";

const image = process.env["ARK_E2E_POSTGRES_IMAGE"] ?? "";
const skip =
  image === "" && "ARK_E2E_POSTGRES_IMAGE names no image with Debian's PostgreSQL 15 server";

suite("recipes for PostgreSQL, on a real server that is written to", { skip }, async () => {
  const password = "a 'pass' word";
  const bin = "/usr/lib/postgresql/15/bin";
  const asPostgres = "setpriv --reuid=postgres --regid=postgres --init-groups";
  const server = `set -e
    bin=${bin}
    chown postgres /run/postgresql
    if [ ! -e /data/pgdata ]; then
      mkdir /data/pgdata && chown postgres /data/pgdata
      printf '%s' "$POSTGRES_PASSWORD" >/tmp/password && chmod 644 /tmp/password
      ${asPostgres} $bin/initdb -D /data/pgdata -U "$POSTGRES_USER" -A scram-sha-256 --pwfile=/tmp/password --no-locale
    fi
    exec ${asPostgres} $bin/postgres -D /data/pgdata -k /run/postgresql -c listen_addresses=`;
  const psql = `${bin}/psql -h /run/postgresql -U boss -d postgres -qAt`;
  const pod: DatabasePod = {
    name: "postgres",
    image,
    server,
    client: writerScript(
      `${psql} -c 'create table rows (n int primary key)'`,
      `${psql} -c "insert into rows values ($n)"`,
    ),
    sockets: "/run/postgresql",
    serverEnv: { POSTGRES_USER: "boss", POSTGRES_PASSWORD: password },
    clientEnv: { PGPASSWORD: password },
    claim: "postgres",
  };
  const [namespace, ark] = await Promise.all([useNamespace("recipes-postgres"), installArk()]);

  before(async () => {
    await startDatabase(namespace, pod);
  });

  async function query(podName: string, sql: string): Promise<string> {
    const words = ["sh", "-c", `PGPASSWORD=$POSTGRES_PASSWORD ${psql} -c "$1"`, "-", sql];
    return (await namespace.exec(podName, "db", words)).trim();
  }

  test("postgresql makes a checkpoint of all that was written before the hook", async () => {
    const position = await query("postgres", "select pg_current_wal_lsn()");
    await setRecipe(ark, namespace, "postgres", ["--recipe", "postgresql", "-c", "db"]);
    const facts = { pod: "postgres", name: "checkpoint", password };
    const { acknowledgedBefore } = await backUpWhileWriting(ark, namespace, facts);
    const isCovered = `select redo_lsn >= '${position}' from pg_control_checkpoint()`;
    assert.equal(await query("postgres", isCovered), "t");
    await writesBeyond(namespace, "postgres", acknowledgedBefore);
  });

  test("a server starts from a snapshot made under fsfreeze, with every acknowledged row", async (t) => {
    const api = await runProcess("kubectl", ["get", "volumesnapshots", "-n", namespace.name]);
    if (api.exitCode !== 0) return t.skip("this cluster has no VolumeSnapshots");
    const recipe = ["--recipe", "fsfreeze", "--recipe-set", "path=/data", "-c", "fsfreeze"];
    await setRecipe(ark, namespace, "postgres", recipe);
    // The recipe's post hook, once the snapshot is made: a backup alone would be too quick for that.
    const wait = "until [ -e /tmp/go ]; do sleep 0.1; done; exec fsfreeze --unfreeze /data";
    await setRecipe(ark, namespace, "postgres", [
      "-c",
      "fsfreeze",
      "--post",
      JSON.stringify(["sh", "-c", wait]),
    ]);
    const backup = ark.start(["backup", "frozen", "-n", namespace.name]);
    await backup.seen(/^pre hook .*: succeeded/m);
    const [, frozenAt] = await beforeTheEnd(
      backup,
      Promise.all([snapshot("frozen"), acknowledged(namespace, "postgres")]),
    );
    await namespace.exec("postgres", "fsfreeze", ["touch", "/tmp/go"]);
    const { exitCode, stderr } = await backup.ended;
    assert.equal(exitCode, 0, stderr);
    await writesBeyond(namespace, "postgres", frozenAt + 1);
    await namespace.apply(
      aDatabaseClaim("restored", "frozen"),
      aDatabasePod({ ...omitClient(pod), name: "restored", claim: "restored" }),
    );
    await namespace.podsReady();
    const rows = await eventually("a server on the snapshot", () =>
      query("restored", "select count(*), max(n) from rows").catch(() => undefined),
    );
    const [count = 0, highest] = rows.split("|").map(Number);
    assert.equal(count, highest, "a row between the others is missing");
    // One more may have been written and not acknowledged.
    assert.ok(count === frozenAt || count === frozenAt + 1, `${count} rows of ${frozenAt}`);
  });

  async function snapshot(name: string): Promise<void> {
    await namespace.apply({
      apiVersion: "snapshot.storage.k8s.io/v1",
      kind: "VolumeSnapshot",
      metadata: { name },
      spec: { source: { persistentVolumeClaimName: "postgres" } },
    });
    const ready = "--for=jsonpath={.status.readyToUse}=true";
    await kubectl(["wait", `vs/${name}`, ready, "--timeout=60s", "-n", namespace.name]);
  }

  test("postgresql-dump leaves a whole dump, and a new server takes it", async () => {
    const directory = "/data/a dump's $HOME";
    await namespace.exec("postgres", "db", ["mkdir", directory]);
    const recipe = ["--recipe", "postgresql-dump", "--recipe-set", `path=${directory}`];
    await setRecipe(ark, namespace, "postgres", [...recipe, "-c", "db"]);
    const facts = { pod: "postgres", name: "dumped", password };
    const { acknowledgedBefore } = await backUpWhileWriting(ark, namespace, facts);
    const files = await namespace.exec("postgres", "db", ["ls", directory]);
    assert.equal(files, "postgresql-dump.sql\n");
    const restore = `set -e
      chmod 644 "$1/postgresql-dump.sql"
      mkdir /tmp/new && chown postgres /tmp/new
      ${asPostgres} ${bin}/initdb -D /tmp/new/data -U postgres -A trust --no-locale >/dev/null
      ${asPostgres} ${bin}/pg_ctl -D /tmp/new/data -o '-k /tmp/new -c listen_addresses=' -w start >/dev/null
      psql="${bin}/psql -h /tmp/new -U postgres -d postgres -qAt -v ON_ERROR_STOP=1"
      $psql -f "$1/postgresql-dump.sql" >/dev/null
      PGPASSWORD=$POSTGRES_PASSWORD ${bin}/psql -h /tmp/new -U boss -d postgres -qAtc 'select count(*) from rows'
      ${asPostgres} ${bin}/pg_ctl -D /tmp/new/data -m immediate stop >/dev/null`;
    const rows = await namespace.exec("postgres", "db", ["sh", "-c", restore, "-", directory]);
    assert.ok(Number(rows) >= acknowledgedBefore, `${rows} rows of ${acknowledgedBefore}`);
    await writesBeyond(namespace, "postgres", acknowledgedBefore);
  });
});

function omitClient({ client: _client, ...others }: DatabasePod): DatabasePod {
  return others;
}
