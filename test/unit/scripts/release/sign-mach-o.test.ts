import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import * as fc from "fast-check";
import { readMachO, segmentOf } from "../../../../scripts/release/mach-o.ts";
import { signatureFaults } from "../../../../scripts/release/mach-o-signature.ts";
import { signMachO } from "../../../../scripts/release/sign-mach-o.ts";
import { tinyMachO } from "../../../support/tiny-executables/mach-o.ts";

const code = Buffer.alloc(10_000, "code");
const blob = Buffer.from("a program");

function faultsOf(file: Buffer): string[] {
  const machO = readMachO(file);
  assert.ok(machO !== undefined);
  return signatureFaults(file, machO);
}

/** 32-bit numbers as the kernel reads them. */
function words(from: Buffer, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from.readUInt32BE(index * 4));
}

test("a signed file keeps its code, and its signature ends __LINKEDIT and the file", () => {
  const unsigned = tinyMachO({ code, blob });
  const signed = signMachO(unsigned, "kubectl-ark");
  assert.deepEqual(faultsOf(signed), []);
  const machO = readMachO(signed);
  assert.ok(machO?.signature !== undefined);
  assert.equal(machO.signature.offset % 16, 0);
  const linkEdit = segmentOf(machO, "__LINKEDIT");
  assert.equal(linkEdit.offset + linkEdit.sizeBytes, signed.length);
  const codeAt = machO.segments[0]?.sections[0]?.offset ?? 0;
  assert.ok(signed.subarray(codeAt, unsigned.length).equals(unsigned.subarray(codeAt)));
});

test("the code directory is laid out as the kernel reads it", () => {
  const signed = signMachO(tinyMachO({ code, blob }), "kubectl-ark");
  const at = readMachO(signed)?.signature?.offset ?? 0;
  const directory = signed.subarray(at + 20);
  const pages = Math.ceil(at / 4096);
  const length = 88 + 12 + pages * 32;
  assert.deepEqual(words(signed.subarray(at), 5), [0xfade0cc0, 20 + length, 1, 0, 20]);
  const flags = 0x20002;
  const head = [0xfade0c02, length, 0x20400, flags, 100, 88, 0, pages, at, 0x2002000c];
  assert.deepEqual(words(directory, 10), head);
  assert.equal(directory.toString("latin1", 88, 100), "kubectl-ark\0");
  const first = createHash("sha256").update(signed.subarray(0, 4096)).digest();
  assert.ok(directory.subarray(100, 132).equals(first));
  const last = createHash("sha256")
    .update(signed.subarray((pages - 1) * 4096, at))
    .digest();
  assert.ok(directory.subarray(length - 32, length).equals(last));
});

test("any changed byte of the code is seen", () => {
  const signed = signMachO(tinyMachO({ code, blob }), "tiny");
  const end = readMachO(signed)?.signature?.offset ?? 0;
  fc.assert(
    fc.property(fc.integer({ min: 4096, max: end - 1 }), (at) => {
      const changed = Buffer.from(signed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      assert.deepEqual(faultsOf(changed), [
        `page ${Math.floor(at / 4096)} does not match its hash`,
      ]);
    }),
  );
});

test("every field of the signature that the kernel relies on is checked", () => {
  const signed = signMachO(tinyMachO({ code, blob }), "tiny");
  const at = readMachO(signed)?.signature?.offset ?? 0;
  const fields = { mark: 0, blobs: 8, directory: 20, flags: 35, pages: 51, limit: 55, kind: 57 };
  for (const [name, offset] of Object.entries({ ...fields, program: 107 })) {
    const changed = Buffer.from(signed);
    changed[at + offset] = (changed[at + offset] ?? 0) ^ 3;
    assert.notDeepEqual(faultsOf(changed), [], name);
  }
  assert.match(faultsOf(Buffer.concat([signed, Buffer.alloc(1)])).join(), /does not end/);
});

test("signing again replaces the signature", () => {
  const signed = signMachO(tinyMachO({ code, blob }), "tiny");
  assert.ok(signMachO(signed, "tiny").equals(signed));
  assert.deepEqual(faultsOf(signMachO(signed, "another-identifier")), []);
});

test("what is no Mach-O file, or has no room for the load command, is refused", () => {
  assert.throws(() => signMachO(Buffer.alloc(64), "tiny"), /Only 64-bit Mach-O/);
  assert.throws(() => signMachO(tinyMachO({ code, roomBytes: 8 }), "tiny"), /no room/);
  assert.throws(() => signMachO(tinyMachO({ code }).subarray(0, 100), "tiny"), RangeError);
});
