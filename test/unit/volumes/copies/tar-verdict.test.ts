import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ExecOutcome } from "../../../../src/cluster/cluster.ts";
import { ArkError } from "../../../../src/lib/errors.ts";
import { createTarComplaints } from "../../../../src/volumes/copies/tar-complaints.ts";
import {
  judgeTar,
  type TarEvidence,
  type TarVerdict,
} from "../../../../src/volumes/copies/tar-verdict.ts";
import { GNU } from "../../../support/copy-bench.ts";

function verdict(
  outcome: ExecOutcome | number,
  stderr: string = GNU,
  more: Partial<TarEvidence> = {},
): TarVerdict {
  const complaints = createTarComplaints();
  complaints.write(Buffer.from(stderr));
  return judgeTar({
    outcome: typeof outcome === "number" ? { kind: "exited", exitCode: outcome } : outcome,
    report: complaints.result(),
    problem: undefined,
    brokenOff: undefined,
    nestedMounts: [],
    ...more,
  });
}

function reasonOf(found: TarVerdict): string {
  return found.kind === "whole" ? "whole" : `${found.kind}: ${found.reason}`;
}

const changed = "tar: ./log: file changed as we read it\n";
const unreadable = "tar: ./secret: Cannot open: Permission denied\n";
const last = "tar: Exiting with failure status due to previous errors\n";

describe("judgeTar: what tar says by its exit code", () => {
  it("0 with a whole archive is good, without a warning", () => {
    assert.deepEqual(verdict(0), { kind: "whole", warnings: [], isIncomplete: false });
  });

  it("1 is good when every line is about files that changed or went, and lists them", () => {
    const found = verdict(1, `${GNU}${changed}tar: ./tmp: File removed before we read it\n`);
    assert.deepEqual(found, {
      kind: "whole",
      warnings: [
        'a file or directory changed while it was read: "./log"',
        'a file or directory was removed before it was read: "./tmp"',
      ],
      isIncomplete: false,
    });
  });

  it("2 is an incomplete copy when every line is about files that may not be read", () => {
    const found = verdict(2, `${GNU}${unreadable.repeat(12)}${last}`);
    assert.equal(found.kind, "whole");
    assert.equal(found.kind === "whole" && found.isIncomplete, true);
    assert.match(
      found.kind === "whole" ? (found.warnings[0] ?? "") : "",
      /^12 files or directories could not be read .* and 2 more$/,
    );
  });

  it("2 is good when only lost+found may not be read", () => {
    const found = verdict(2, `${GNU}tar: ./lost+found: Cannot open: Permission denied\n${last}`);
    assert.deepEqual(found, { kind: "whole", warnings: [], isIncomplete: false });
  });

  const failures: readonly [exitCode: number, stderr: string, reason: RegExp][] = [
    [1, GNU, /^failed: tar ended with exit code 1$/],
    [2, `${GNU}${last}`, /exit code 2$/],
    [2, `${GNU}${changed}tar: ./a: Read error: Input/output error\n`, /Input.*output error/],
    [137, GNU, /exit code 137 \(signal 9\)$/],
    [137, `${GNU}${changed}`, /exit code 137 \(signal 9\)$/],
    [124, "sh: cd: can't cd to /data: Permission denied\n", /can't cd to/],
    [2, "", /exit code 2$/],
  ];
  for (const [exitCode, stderr, reason] of failures) {
    it(`${exitCode} with ${JSON.stringify(stderr)} is a failure`, () => {
      assert.match(reasonOf(verdict(exitCode, stderr)), reason);
    });
  }

  it("0 with an archive that was cut off is a failure", () => {
    const found = verdict(0, GNU, { problem: "the archive was cut off after 5 bytes" });
    assert.match(reasonOf(found), /^failed: the archive was cut off after 5 bytes, although tar/);
  });

  it("shows hostile words on one line, without control characters", () => {
    const found = verdict(2, `${GNU}tar: \u001b[2J\u202eevil\r\u0007: Input/output error\n`);
    assert.doesNotMatch(reasonOf(found), /[\p{Cc}\u202e]/u);
    assert.match(reasonOf(found), /u001b/);
  });
});

describe("judgeTar: other ends", () => {
  const outcomes: readonly [outcome: ExecOutcome, reason: string][] = [
    [
      { kind: "unknown", message: "the connection was cut" },
      "failed: the copy was cut off: the connection was cut",
    ],
    [{ kind: "failed", message: "boom" }, "failed: tar failed: boom"],
    [{ kind: "rejected", error: new ArkError("Forbidden", "no exec") }, "failed: no exec"],
    [{ kind: "aborted", started: true }, "failed: interrupted"],
  ];
  for (const [outcome, reason] of outcomes) {
    it(`${outcome.kind} is a failure, also when the archive is whole`, () => {
      assert.equal(reasonOf(verdict(outcome)), reason);
    });
  }

  it("this client's own reason goes before what it caused", () => {
    const brokenOff = new ArkError("StoreUnavailable", "disk full", { hint: "Free some." });
    const found = verdict({ kind: "aborted", started: true }, GNU, { brokenOff });
    assert.deepEqual(found, { kind: "failed", reason: "disk full", hint: "Free some." });
  });

  it("knows containers without a shell or a tar", () => {
    const noShell: ExecOutcome = {
      kind: "failed",
      message: 'exec: "sh": executable file not found in $PATH',
    };
    assert.equal(reasonOf(verdict(noShell, "")), "no tar: it has no shell");
    assert.equal(reasonOf(verdict(127, "")), "no tar: it has no shell");
    assert.equal(reasonOf(verdict(125, "kubectl-ark: none\n")), "no tar: it has no tar");
  });
});

describe("judgeTar: what a tar cannot keep", () => {
  it("is said of GNU tar without extended attributes", () => {
    const found = verdict(0, "kubectl-ark: gnu acls\n");
    assert.deepEqual(found.kind === "whole" && found.warnings, [
      "this build of GNU tar does not keep extended attributes",
    ]);
  });

  it("is said of busybox, and of what else its copy holds", () => {
    const found = verdict(0, "kubectl-ark: busybox\n", { nestedMounts: ["/data/tmp"] });
    assert.deepEqual(found.kind === "whole" && found.warnings, [
      "this tar (busybox) does not keep extended attributes and ACLs, cuts times to seconds, and stores the holes of sparse files as zeros",
      'the copy also holds what else is mounted below: "/data/tmp"',
    ]);
  });

  it("keeps what tar says although it is content", () => {
    const found = verdict(0, `${GNU}tar: ./a: Warning: Cannot getfilecon: No data\n`);
    assert.match(
      found.kind === "whole" ? (found.warnings[0] ?? "") : "",
      /^tar said: .*getfilecon/,
    );
  });
});
