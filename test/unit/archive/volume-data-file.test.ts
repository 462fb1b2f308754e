import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import { backupFiles, volumeDataFile } from "../../../src/archive/layout.ts";
import { assertFileName } from "../../../src/store/backup-name.ts";

const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/);
const subdomain = fc.array(label, { minLength: 1, maxLength: 4 }).map((parts) =>
  parts
    .join(".")
    .slice(0, 253)
    .replace(/[-.]+$/, ""),
);

suite("the file of a volume's data", () => {
  test("is named after namespace and claim", () => {
    assert.equal(volumeDataFile("shop", "data-db-0"), "volumedata_shop_data-db-0.tar.zst");
    assert.equal(volumeDataFile("shop", "data.v2"), "volumedata_shop_data.v2.tar.zst");
  });

  test("of two claims differs, whatever their names, and every store takes it", () => {
    fc.assert(
      fc.property(label, subdomain, label, subdomain, (ns, claim, otherNs, otherClaim) => {
        const file = volumeDataFile(ns, claim);
        assertFileName(file);
        const isSame = ns === otherNs && claim === otherClaim;
        assert.equal(file === volumeDataFile(otherNs, otherClaim), isSame);
      }),
    );
  });

  test("fits a file system when names are as long as names may be, also where they differ at their ends only", () => {
    const ns = "n".repeat(63);
    const claims = ["a", "b"].map((end) => "c".repeat(252) + end);
    const files = claims.map((claim) => volumeDataFile(ns, claim));
    for (const file of files) {
      assertFileName(file);
      assert.equal(file.length, 255);
    }
    assert.notEqual(files[0], files[1]);
    const whole = "c".repeat(172);
    assert.equal(volumeDataFile(ns, whole), `volumedata_${ns}_${whole}.tar.zst`);
    assert.match(volumeDataFile(ns, `${whole}c`), /_c{139}_[0-9a-f]{32}\.tar\.zst$/);
  });

  test("is no other file of any backup, one named like it included", () => {
    fc.assert(
      fc.property(subdomain, label, (name, ns) => {
        const others = Object.values(backupFiles(name));
        assert.ok(!others.includes(volumeDataFile(ns, name)));
      }),
    );
  });

  for (const [ns, claim] of [
    ["", "data"],
    ["shop", ""],
    ["shop", "../data"],
    ["shop_a", "data"],
    ["a.b", "data"],
    ["shop", "a_b"],
    ["shop", "a\0"],
    ["shop", "Data"],
    ["shop", "d".repeat(254)],
    ["n".repeat(64), "data"],
  ] as const) {
    test(`${JSON.stringify(`${ns.slice(0, 9)}/${claim.slice(0, 9)}`)} is refused, and the refusal names it`, () => {
      assert.throws(() => volumeDataFile(ns, claim), {
        code: "RequestRejected",
        message: /persistentvolumeclaims .* cannot be stored/,
      });
    });
  }
});
