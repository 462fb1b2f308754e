import assert from "node:assert/strict";
import { before, suite, test } from "node:test";
import { installArk } from "./support/cli.ts";
import { useNamespace } from "./support/cluster.ts";
import { backUpWhileWriting, setRecipe, startDatabase } from "./support/database-backup.ts";
import { writerScript, writesBeyond } from "./support/database-pods.ts";

const image = process.env["ARK_E2E_MARIADB_IMAGE"] ?? "";
const skip = image === "" && "ARK_E2E_MARIADB_IMAGE names no image with a MariaDB server";

suite("the recipe for MariaDB, on a real server that is written to", { skip }, async () => {
  const password = "pass-word";
  const small = "--innodb-log-file-size=8M --innodb-buffer-pool-size=16M --skip-networking";
  const install = "mariadb-install-db --auth-root-authentication-method=normal --skip-test-db";
  const server = `set -e
    chown mysql /run/mysqld
    echo "alter user root@localhost identified by '$MARIADB_ROOT_PASSWORD';" >/tmp/init.sql
    if [ ! -e /data/mysql ]; then
      mkdir /data/mysql && chown mysql /data/mysql
      ${install} --user=mysql --datadir=/data/mysql
    fi
    exec mariadbd --user=mysql --datadir=/data/mysql --init-file=/tmp/init.sql ${small}`;
  const [namespace, ark] = await Promise.all([useNamespace("recipes-mariadb"), installArk()]);

  before(async () => {
    await startDatabase(namespace, {
      name: "mariadb",
      image,
      server,
      client: writerScript(
        "mariadb -e 'create database shop; create table shop.r (n int primary key)'",
        'mariadb -e "insert into shop.r values ($n)"',
      ),
      sockets: "/run/mysqld",
      serverEnv: { MARIADB_ROOT_PASSWORD: password },
      clientEnv: { MYSQL_PWD: password },
      claim: "mariadb",
    });
  });

  test("mariadb leaves a whole dump, and a new server takes it with its users", async () => {
    const recipe = ["--recipe", "mariadb", "--recipe-set", "path=/data/mysql", "-c", "db"];
    await setRecipe(ark, namespace, "mariadb", recipe);
    const facts = { pod: "mariadb", name: "dumped", password };
    const { acknowledgedBefore } = await backUpWhileWriting(ark, namespace, facts);
    const files = await namespace.exec("mariadb", "db", ["ls", "/data/mysql"]);
    assert.deepEqual(files.match(/^.*dump.*$/gm), ["mariadb-dump.sql"]);
    const restore = `set -e
      ${install} --user=mysql --datadir=/tmp/new >/dev/null
      mariadbd --user=mysql --datadir=/tmp/new --socket=/tmp/new.sock --pid-file=/tmp/new.pid ${small} 2>/tmp/new.log &
      until mariadb -S /tmp/new.sock -e 'select 1' >/dev/null 2>&1; do sleep 0.2; done
      mariadb -S /tmp/new.sock </data/mysql/mariadb-dump.sql
      mariadb -S /tmp/new.sock -e 'flush privileges' 
      MYSQL_PWD=$MARIADB_ROOT_PASSWORD mariadb -S /tmp/new.sock -Ne 'select count(*) from shop.r'
      kill -9 $!`;
    const rows = await namespace.exec("mariadb", "db", ["sh", "-c", restore]);
    assert.ok(Number(rows) >= acknowledgedBefore, `${rows} rows of ${acknowledgedBefore}`);
    await writesBeyond(namespace, "mariadb", acknowledgedBefore);
  });
});
