import assert from "node:assert/strict";
import { test } from "node:test";
import { readElf } from "../../../../scripts/release/elf.ts";
import { readPe } from "../../../../scripts/release/pe.ts";
import { stripElf } from "../../../../scripts/release/strip-elf.ts";
import { unsignPe } from "../../../../scripts/release/unsign-pe.ts";
import { tinyElf } from "../../../support/tiny-executables/elf.ts";
import { tinyPe } from "../../../support/tiny-executables/pe.ts";

const loaded = Buffer.from("code that is run");
const note = { name: "note", body: Buffer.from("of the linker") };
const debugSections = [".debug_info", ".symtab", ".strtab"];

test("stripping drops symbols and debug information, and keeps all that is loaded", () => {
  const whole = tinyElf({ loaded, note, debugSections });
  const stripped = stripElf(whole);
  const [before, after] = [readElf(whole), readElf(stripped)];
  assert.ok(before !== undefined && after !== undefined);
  assert.deepEqual(after.segments, before.segments);
  for (const { offset, sizeBytes } of after.segments.slice(0, 2)) {
    const part = stripped.subarray(offset, offset + sizeBytes);
    assert.ok(part.equals(whole.subarray(offset, offset + sizeBytes)));
  }
  const names = after.sections.map(({ name }) => name);
  assert.deepEqual(names, ["", ".text", ".note.node.sea", ".shstrtab"]);
  assert.ok(stripped.length < whole.length);
  assert.equal(stripped.indexOf(Buffer.alloc(8, 0xdb)), -1);
});

test("stripping twice is stripping once", () => {
  const once = stripElf(tinyElf({ loaded, note, debugSections }));
  assert.ok(stripElf(once).equals(once));
});

test("stripping refuses what it could damage", () => {
  assert.throws(() => stripElf(Buffer.alloc(200)), /Only 64-bit/);
  const mixed = tinyElf({ loaded, debugSections: [".symtab", ".data"] });
  assert.throws(() => stripElf(mixed), /not its last sections/);
  const late = tinyElf({ loaded, debugSections, loadedAtEnd: Buffer.from("needed") });
  assert.throws(() => stripElf(late), /loaded behind/);
  const cut = tinyElf({ loaded, debugSections });
  assert.throws(() => stripElf(cut.subarray(0, cut.length - 1)), RangeError);
});

test("unsigning takes the vendor's signature off, and the checksum with it", () => {
  const unsigned = tinyPe({ code: loaded });
  const signed = tinyPe({ code: loaded, certificate: Buffer.alloc(40, 7) });
  const result = unsignPe(signed);
  assert.equal(result.length, unsigned.length);
  const pe = readPe(result);
  assert.deepEqual([pe?.certificate.offset, pe?.certificate.sizeBytes], [0, 0]);
  assert.equal(result.readUInt32LE(pe?.checksumAt ?? 0), 0);
  assert.ok(unsignPe(unsigned).equals(result));
});

test("unsigning refuses other files, and a signature that is not the end of the file", () => {
  assert.throws(() => unsignPe(Buffer.from("MZ no more than that")), RangeError);
  assert.throws(() => unsignPe(Buffer.alloc(400)), /Only 64-bit Windows/);
  const certificate = Buffer.alloc(8, 7);
  const trailing = tinyPe({ code: loaded, certificate, trailer: Buffer.from("more") });
  assert.throws(() => unsignPe(trailing), /behind its signature/);
});
