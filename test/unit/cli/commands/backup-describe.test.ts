import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, suite, test } from "node:test";
import type { BackupRecord } from "../../../../src/api/backup-record.ts";
import { arkSession } from "../../../support/ark-session.ts";
import { aFrozenRecord } from "../../../support/record-builders.ts";

const ark = await arkSession();

/** A stored backup with this record; without one, as of another tool. */
function store(name: string, record?: BackupRecord): void {
  const directory = join(ark.store, "backups", name);
  mkdirSync(directory, { recursive: true });
  const backup = { apiVersion: "velero.io/v1", kind: "Backup", metadata: { name } };
  writeFileSync(join(directory, "velero-backup.json"), JSON.stringify(backup));
  if (record) writeFileSync(join(directory, "kubectl-ark.json"), JSON.stringify(record));
}

const describe = (...words: readonly string[]) => ark.run("backup", "describe", ...words);
const inHome = (name: string): string => join(ark.home, name);

before(() => {
  store("frozen", aFrozenRecord({ backup: "frozen" }));
  store("other", aFrozenRecord({ backup: "other" }));
  store("foreign");
});

suite("backup describe --timeline", () => {
  test("draws in ASCII and 80 columns where there is no terminal and no locale", async () => {
    const { code, stdout } = await describe("frozen", "--timeline");
    assert.equal(code, 0);
    assert.match(stdout, /^Frozen for 812 ms, from /m);
    assert.match(stdout, /^[\n\u0020-\u007e]*$/);
    assert.ok(stdout.split("\n").every((line) => line.length <= 80));
  });

  test("draws with Unicode where the locale can, and without colours in a pipe", async () => {
    const env = { LANG: "C.UTF-8" };
    const { stdout } = await ark.runWith({ env }, "backup", "describe", "frozen", "--timeline");
    assert.match(stdout, /▒█/);
    assert.ok(!stdout.includes("\u001b"));
  });

  test("draws several backups, one after the other", async () => {
    const { stdout } = await describe("frozen", "other", "--timeline");
    assert.deepEqual(stdout.match(/^Backup \w+/gm), ["Backup frozen", "Backup other"]);
  });

  test("of a backup that another tool made says that there is nothing to draw", async () => {
    for (const words of [["--timeline"], ["--html", "-"]]) {
      const { code, stdout, stderr } = await describe("foreign", ...words);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, /backup foreign was made by another tool: it has no times to draw/);
    }
  });
});

suite("backup describe --html", () => {
  test("writes a page for its owner only, and says where", async () => {
    const { code, stdout } = await describe("frozen", "--html", "page.html");
    const path = inHome("page.html");
    assert.deepEqual(
      [code, stdout],
      [0, `The page of backup frozen has been written to ${path}\n`],
    );
    assert.match(readFileSync(path, "utf8"), /^<!doctype html>[^]*<\/html>\s*$/);
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  test("writes over a file with --force only, and leaves it as it was without", async () => {
    writeFileSync(inHome("mine.html"), "mine");
    const refused = await describe("frozen", "--html", "mine.html");
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /EEXIST[^]*hint: Use --force to overwrite it/);
    assert.equal(readFileSync(inHome("mine.html"), "utf8"), "mine");
    assert.equal((await describe("frozen", "--html", "mine.html", "--force")).code, 0);
    assert.match(readFileSync(inHome("mine.html"), "utf8"), /812 ms/);
  });

  test("does not follow a link to a file that is not there", async () => {
    symlinkSync(inHome("elsewhere.html"), inHome("link.html"));
    assert.equal((await describe("frozen", "--html", "link.html")).code, 2);
    assert.ok(!existsSync(inHome("elsewhere.html")));
  });

  test("prints the page alone with -", async () => {
    const { code, stdout } = await describe("frozen", "--html", "-");
    assert.equal(code, 0);
    assert.match(stdout, /^<!doctype html>[^]*<\/html>\s*$/);
  });

  test("says what is wrong with a place that cannot be written to", async () => {
    const { code, stderr } = await describe("frozen", "--html", "no/such/directory.html");
    assert.equal(code, 2);
    assert.match(stderr, /cannot write .*directory\.html: .*\nhint: Choose another file/);
  });

  test("of a backup that is not there writes nothing", async () => {
    const { code, stderr } = await describe("frozn", "--html", "absent.html");
    assert.equal(code, 1);
    assert.match(stderr, /did you mean frozen/);
    assert.ok(!existsSync(inHome("absent.html")));
  });
});

suite("backup describe refuses", () => {
  const rows: [string[], RegExp][] = [
    [["frozen", "--timeline", "-o", "json"], /--output and --timeline exclude each other/],
    [["frozen", "--timeline", "--html", "-"], /--timeline and --html exclude each other/],
    [["frozen", "other", "--html", "-"], /--html makes the page of one backup/],
    [["frozen", "--force"], /--force is of use with --html only/],
    [["frozen", "--html"], /html/],
    [["frozen", "--html="], /--html needs the name of a file/],
  ];
  for (const [words, message] of rows) {
    test(words.join(" "), async () => {
      const { code, stdout, stderr } = await describe(...words);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, message);
    });
  }
});

test("backup describe -o json has all of the record, volumes and times of blocks included", async () => {
  const { stdout } = await describe("frozen", "-o", "json");
  assert.deepEqual(JSON.parse(stdout).record, aFrozenRecord({ backup: "frozen" }));
});
