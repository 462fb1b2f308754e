import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, stat, watch, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { RecipeContainer } from "../../../support/recipe-container.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";

const shells = [["dash"], ["busybox", "sh"], ["bash", "--posix"]].filter(
  ([program = ""]) => spawnSync(program, ["-c", ":"]).error === undefined,
);
const sayAll = 'echo "$* as ${PGUSER:-} with ${PGPASSWORD:-}${MYSQL_PWD:-}"';

/** A volume whose name means much to a shell. */
async function aVolume(): Promise<string> {
  const volume = join(temporaryDirectory(), 'it\'s $HOME; "$(touch no)" *');
  await mkdir(volume);
  return volume;
}

for (const shell of shells) {
  suite(`a dump into a volume, in ${shell.join(" ")}`, { concurrency: true }, () => {
    test("pg_dumpall writes the file, whose name it gets when it is whole", async () => {
      const container = new RecipeContainer(shell);
      await container.install("pg_dumpall", sayAll);
      const path = await aVolume();
      const env = { POSTGRES_USER: "boss", POSTGRES_PASSWORD: "a 'b' $c" };
      const { exitCode, stdout, stderr } = await container.run("postgresql-dump", {
        values: { path },
        env,
      });
      assert.equal(exitCode, 0, stderr);
      assert.deepEqual(await readdir(path), ["postgresql-dump.sql"]);
      const file = join(path, "postgresql-dump.sql");
      const dump = "--no-password --database=postgres as boss with a 'b' $c\n";
      assert.equal(await readFile(file, "utf8"), dump);
      assert.equal((await stat(file)).mode & 0o777, 0o600);
      assert.ok(stdout.includes(String(dump.length)) && !stdout.includes("'b'"));
    });

    test("a dump that fails leaves the last one, and nothing of its own", async () => {
      const container = new RecipeContainer(shell);
      await container.install("pg_dumpall", "echo half; echo no >&2; exit 3");
      const path = await aVolume();
      await writeFile(join(path, "postgresql-dump.sql"), "last");
      const { exitCode, stderr } = await container.run("postgresql-dump", { values: { path } });
      assert.deepEqual([exitCode, stderr], [3, "no\n"]);
      assert.deepEqual(await readdir(path), ["postgresql-dump.sql"]);
      assert.equal(await readFile(join(path, "postgresql-dump.sql"), "utf8"), "last");
    });

    test("a dump that is ended by TERM leaves nothing of its own", async () => {
      const container = new RecipeContainer(shell);
      await container.install("pg_dumpall", "echo half; exec sleep 0.3");
      const path = await aVolume();
      const seen = watch(path)[Symbol.asyncIterator]();
      const first = seen.next();
      const { pid, ended } = container.start("postgresql-dump", { values: { path } });
      await first;
      process.kill(pid, "SIGTERM");
      assert.notEqual((await ended).exitCode, 0);
      await seen.return?.();
      assert.deepEqual(await readdir(path), []);
    });

    test("what a killed run left is removed, what another run writes is not", async () => {
      const container = new RecipeContainer(shell);
      await container.install("pg_dumpall", "echo all");
      const path = await aVolume();
      const { pid: dead } = spawnSync("true");
      const living = `postgresql-dump.sql.partial.${process.pid}`;
      await writeFile(join(path, `postgresql-dump.sql.partial.${dead}`), "half");
      await writeFile(join(path, living), "half");
      const { exitCode, stderr } = await container.run("postgresql-dump", { values: { path } });
      assert.equal(exitCode, 0, stderr);
      assert.deepEqual((await readdir(path)).toSorted(), ["postgresql-dump.sql", living]);
    });

    test("a directory that is missing fails before the dump begins", async () => {
      const container = new RecipeContainer(shell);
      await container.install("pg_dumpall", 'touch "$STATE/begun"');
      const values = { path: "/nowhere/at all" };
      const { exitCode } = await container.run("postgresql-dump", { values });
      assert.notEqual(exitCode, 0);
      assert.ok(!(await readdir(container.directory)).includes("begun"));
    });

    test("mariadb and mysql take either program, and root's password from a file", async () => {
      for (const [recipe, program] of [
        ["mariadb", "mysqldump"],
        ["mysql", "mysqldump"],
      ] as const) {
        const container = new RecipeContainer(shell);
        await container.install(program, sayAll);
        const path = await aVolume();
        const secret = join(container.directory, "secret");
        await writeFile(secret, "s3cret\n");
        const env = { MYSQL_ROOT_PASSWORD_FILE: secret };
        const { exitCode, stderr } = await container.run(recipe, { values: { path }, env });
        assert.equal(exitCode, 0, stderr);
        const dump = await readFile(join(path, `${recipe}-dump.sql`), "utf8");
        assert.match(dump, /^--user=root --all-databases --single-transaction .* with s3cret$/m);
      }
    });

    test("root's password is given to no other user, who may have a hostile name", async () => {
      const container = new RecipeContainer(shell);
      await container.install("mariadb-dump", sayAll);
      const path = await aVolume();
      const env = { MARIADB_ROOT_PASSWORD: "s3cret" };
      const values = { path, user: "$(id) '" };
      assert.equal((await container.run("mariadb", { values, env })).exitCode, 0);
      const dump = await readFile(join(path, "mariadb-dump.sql"), "utf8");
      assert.match(dump, /^--user=\$\(id\) ' .* with $/m);
    });
  });
}
