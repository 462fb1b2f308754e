import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { hasCode } from "../../../src/lib/errors.ts";
import { assertBackupName, assertFileName, isBackupName } from "../../../src/store/backup-name.ts";

test("a name that Kubernetes would take is a backup's name", () => {
  for (const name of ["a", "0", "nightly-20260131", "prod.eu.nightly", "a--b", "a".repeat(253)]) {
    assertBackupName(name);
    assert.ok(isBackupName(name));
  }
});

const REFUSED = [
  ["", /it is empty/],
  ["Nightly", /upper-case/],
  ["a/b", /holds a '\/'/],
  ["a b", /holds " "/],
  ["a_b", /holds "_"/],
  ["nächtlich", /holds "ä"/],
  ["a\n", /holds "\\n"/],
  ["😀", /holds "😀"/],
  ["-a", /start and end/],
  ["a.", /start and end/],
  ["a..b", /start and end/],
  [".", /start and end/],
  ["..", /start and end/],
  ["a.-b", /start and end/],
  ["a".repeat(254), /longer than 253/],
] as const;

for (const [name, message] of REFUSED) {
  test(`the backup name ${JSON.stringify(name.slice(0, 12))} is refused with its reason and an example`, () => {
    assert.throws(() => assertBackupName(name), {
      code: "Usage",
      message,
      hint: /nightly-20260131/,
    });
    assert.equal(isBackupName(name), false);
  });
}

test("a refusal never shows more than a line of a huge name", () => {
  assert.throws(
    () => assertBackupName("a".repeat(1_000_000)),
    (error: Error) => error.message.length < 400,
  );
});

test("the names of a backup's files are file names", () => {
  for (const file of [
    "velero-backup.json",
    "nightly.tar.gz",
    "a.b-resource-list.json.gz",
    "x".repeat(255),
  ]) {
    assertFileName(file);
  }
});

test("whatever passes as a backup's or a file's name is one plain part of a path", () => {
  const texts = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom("a", ".", "-", "/", "\\", "\0", "A") }),
  );
  fc.assert(
    fc.property(texts, (text) => {
      for (const check of [assertBackupName, assertFileName]) {
        try {
          check(text);
        } catch (error) {
          assert.ok(hasCode(error, "Usage"));
          return;
        }
        assert.match(text, /^[A-Za-z0-9][-A-Za-z0-9._]*$/);
      }
    }),
  );
});
