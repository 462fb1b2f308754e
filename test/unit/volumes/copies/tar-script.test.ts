import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, linkSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, it } from "node:test";
import { TarCheck } from "../../../../src/volumes/copies/tar-check.ts";
import { createTarComplaints } from "../../../../src/volumes/copies/tar-complaints.ts";
import { tarCommand } from "../../../../src/volumes/copies/tar-script.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";

const hasBusybox = spawnSync("busybox", ["true"]).status === 0;

/** Runs the script for real, with the tar that `path` has first. */
function run(
  directory: string,
  { shell = ["sh"], path = [] as string[], one = false, more = {} } = {},
) {
  const [, ...words] = tarCommand(directory, one);
  const [program = "sh", ...before] = shell;
  const env = { ...process.env, ...more, PATH: [...path, process.env["PATH"]].join(delimiter) };
  const options = { env, maxBuffer: 64 * 1024 * 1024 };
  const { status, stdout, stderr } = spawnSync(program, [...before, ...words], options);
  const complaints = createTarComplaints();
  complaints.write(stderr);
  const check = new TarCheck();
  check.add(stdout);
  const list = spawnSync("tar", ["-tf", "-", "--quoting-style=c"], {
    input: stdout,
    encoding: "utf8",
  });
  const names = list.stdout.split("\n").filter(Boolean).toSorted();
  return { status, stdout, report: complaints.result(), problem: check.problem(), names };
}

/** A directory with a program of this name and content, for PATH. */
function programs(content: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory();
  for (const [name, text] of Object.entries(content)) {
    writeFileSync(join(directory, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  }
  return directory;
}

function tree(): string {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, "a b"));
  writeFileSync(join(directory, "a b", "new\nline"), "1");
  writeFileSync(join(directory, "-dash"), "2");
  linkSync(join(directory, "-dash"), join(directory, "hard"));
  symlinkSync("/nowhere", join(directory, "sym"));
  writeFileSync(join(directory, "sparse"), "");
  truncateSync(join(directory, "sparse"), 8 * 1024 * 1024);
  chmodSync(join(directory, "hard"), 0o4750);
  return directory;
}

const all = [
  '"./"',
  '"./-dash"',
  '"./a b/"',
  '"./a b/new\\nline"',
  '"./hard"',
  '"./sparse"',
  '"./sym"',
];

describe("tarCommand: the script, run for real", () => {
  for (const shell of ["sh", "bash"]) {
    it(`makes a whole archive of everything with GNU tar in ${shell}`, () => {
      const { status, report, problem, names, stdout } = run(tree(), { shell: [shell] });
      assert.equal(status, 0);
      assert.equal(report.tar, "gnu");
      assert.deepEqual(report.other.first, []);
      assert.equal(problem, undefined);
      assert.deepEqual(names, all);
      assert.ok(stdout.length < 1024 * 1024, "holes are not stored");
    });
  }

  it("makes a whole archive with busybox' tar", { skip: !hasBusybox }, () => {
    // Its shell takes its own tar before that of PATH.
    const { status, report, problem, names } = run(tree(), { shell: ["busybox", "sh"] });
    assert.deepEqual([status, report.tar, problem], [0, "busybox", undefined]);
    assert.deepEqual(names, all);
  });

  it("does without what a build of GNU tar cannot, and says so", () => {
    const tar = 'case "$*" in *--acls*) exit 2 ;; esac; exec /bin/tar "$@"';
    const { status, report, problem } = run(tree(), { path: [programs({ tar })] });
    assert.deepEqual([status, report.tar, problem], [0, "gnu", undefined]);
    assert.deepEqual(report.abilities, ["xattrs"]);
  });

  it("stays in one file system only where it is asked to", () => {
    const tar = 'case "$*" in *--version*) echo "tar (GNU tar) 9" ;; *) echo "tar: $*" >&2 ;; esac';
    const path = [programs({ tar })];
    assert.match(run("/", { path, one: true }).report.other.first.join(), /--one-file-system/);
    assert.doesNotMatch(run("/", { path }).report.other.first.join(), /--one-file-system/);
  });

  it("ignores what the container's environment tells tar to do", () => {
    assert.deepEqual(run(tree(), { more: { TAR_OPTIONS: "--exclude=*" } }).names, all);
  });

  it("fails where there is no such directory, and gives nothing", () => {
    const { status, stdout, report } = run("/no such directory");
    assert.equal(status, 124);
    assert.equal(stdout.length, 0);
    assert.match(report.other.first.join(), /no such directory/);
  });

  it("says that there is no tar", { skip: !hasBusybox }, () => {
    const [, ...words] = tarCommand("/", false);
    const { status, stderr } = spawnSync("/bin/sh", words, { env: { PATH: "/nowhere" } });
    assert.equal(status, 125);
    assert.equal(stderr.toString(), "kubectl-ark: none\n");
  });
});
