import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  createTarComplaints,
  type TarReport,
} from "../../../../src/volumes/copies/tar-complaints.ts";

function reportOf(...pieces: readonly (string | Uint8Array)[]): TarReport {
  const complaints = createTarComplaints();
  for (const piece of pieces) complaints.write(Buffer.from(piece));
  return complaints.result();
}

type Kind = "changed" | "vanished" | "unreadable" | "other";

describe("createTarComplaints", () => {
  const rows: readonly [line: string, kind: Kind, name: string][] = [
    ["tar: ./a b: file changed as we read it", "changed", "./a b"],
    ["tar: ./a: File shrank by 1 byte; padding with zeros", "changed", "./a"],
    ["tar: ./a: File shrank by 4096 bytes; padding with zeros", "changed", "./a"],
    ["tar: ./a: File removed before we read it", "vanished", "./a"],
    ["tar: can't open './a': No such file or directory", "vanished", "./a"],
    ["tar: ./a: No such file or directory", "vanished", "./a"],
    ["tar: ./a: Cannot open: Permission denied", "unreadable", "./a"],
    ["tar: ./a: Cannot stat: Permission denied", "unreadable", "./a"],
    ["tar: can't open './a': Permission denied", "unreadable", "./a"],
    ["tar: ./d: Permission denied", "unreadable", "./d"],
    ["tar: ./d/lost+found: Cannot open: Permission denied", "unreadable", "./d/lost+found"],
    ["tar: ./a: Read error at byte 0, while reading 512 bytes: Input/output error", "other", ""],
    ["tar: write error: Broken pipe", "other", ""],
    // A name that plays another line: the end of the line decides.
    ["tar: ./x: file changed as we read it: Cannot open: Input/output error", "other", ""],
    ["sh: 1: cd: can't cd to /data", "other", ""],
  ];
  for (const [line, kind, name] of rows) {
    it(`sorts "${line}" as ${kind}`, () => {
      const report = reportOf(`${line}\n`);
      const counts = [report.changed, report.vanished, report.unreadable, report.other];
      assert.equal(
        counts.reduce((sum, { count }) => sum + count, 0),
        1,
      );
      assert.deepEqual(report[kind], { first: [kind === "other" ? line : name], count: 1 });
    });
  }

  it("says nothing of sockets and of tar's last words", () => {
    const report = reportOf(
      "tar: ./s: socket ignored\n",
      "tar: Exiting with failure status due to previous errors\n",
      "tar: error exit delayed from previous errors\n",
    );
    assert.equal(report.other.count, 0);
  });

  it("does not count lost+found at the top as unreadable, in the words of any tar", () => {
    const report = reportOf(
      "tar: ./lost+found: Cannot open: Permission denied\n",
      "tar: can't open './lost+found': Permission denied\n",
      "tar: ./lost+found: Permission denied\n",
    );
    assert.equal(report.unreadable.count, 0);
    assert.equal(report.ignored, 3);
  });

  it("reads what the script says of the tar once, however it is cut", () => {
    const report = reportOf("kubectl-", "ark: gnu xat", "trs acls\nkubectl-ark: busybox\n");
    assert.deepEqual([report.tar, report.abilities], ["gnu", ["xattrs", "acls"]]);
    assert.equal(report.other.count, 1);
  });

  it("keeps the first ten names of each kind, the last ten errors, and counts all", () => {
    const lines = Array.from(
      { length: 5000 },
      (_, at) => `tar: ./${at}: file changed as we read it\noops ${at}\n`,
    );
    const { changed, other } = reportOf(lines.join(""));
    assert.deepEqual([changed.count, changed.first.length, changed.first[0]], [5000, 10, "./0"]);
    assert.deepEqual(
      [other.count, other.first.length, other.first.at(-1)],
      [5000, 10, "oops 4999"],
    );
  });

  it("is not led astray by a line without an end, and keeps little of it", () => {
    const complaints = createTarComplaints();
    const piece = Buffer.alloc(1024 * 1024, "a");
    for (let at = 0; at < 64; at += 1) complaints.write(piece);
    complaints.write(Buffer.from(": file changed as we read it\n"));
    const { changed, other } = complaints.result();
    assert.equal(changed.count, 0);
    assert.equal(other.count, 1);
    assert.ok((other.first[0]?.length ?? 0) <= 32 * 1024);
  });

  it("does not take the part of a line that it keeps for the line", () => {
    const ending = ": file changed as we read it";
    const kept = `tar: ./${"a".repeat(32 * 1024 - 7 - ending.length)}${ending}`;
    const { changed, other } = reportOf(`${kept}: Input/output error\n`);
    assert.deepEqual([changed.count, other.count], [0, 1]);
    assert.equal(reportOf(`${kept}\n`).changed.count, 1);
  });

  it("takes bytes that are no UTF-8", () => {
    const line = Buffer.concat([
      Buffer.from("tar: ./"),
      Buffer.of(0xff),
      Buffer.from(": file changed as we read it\n"),
    ]);
    assert.deepEqual(reportOf(line).changed, { first: ["./\ufffd"], count: 1 });
  });
});
