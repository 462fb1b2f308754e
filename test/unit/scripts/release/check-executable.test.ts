import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import * as fc from "fast-check";
import {
  executableFaults,
  type Expectation,
} from "../../../../scripts/release/check-executable.ts";
import { signMachO } from "../../../../scripts/release/sign-mach-o.ts";
import { type ExecutableFormat, targets } from "../../../../scripts/release/targets.ts";
import { tinyElf } from "../../../support/tiny-executables/elf.ts";
import {
  type BlobOptions,
  embeddedBlob,
  FUSE,
  tinySource,
} from "../../../support/tiny-executables/embedded-blob.ts";
import { tinyMachO } from "../../../support/tiny-executables/mach-o.ts";
import { tinyPe } from "../../../support/tiny-executables/pe.ts";

const NAME = "NODE_SEA_BLOB";
const blownFuse = Buffer.from(`${FUSE}1`);
const formats: readonly ExecutableFormat[] = ["elf", "mach-o", "pe"];

type Parts = { readonly blob?: Buffer; readonly fuse?: Buffer };

/** An executable for linux-amd64, darwin-arm64 or windows-amd64 that nothing is wrong with, unless it is told so. */
const executables: Readonly<Record<ExecutableFormat, (parts?: Parts) => Buffer>> = {
  elf: ({ blob = embeddedBlob(), fuse = blownFuse } = {}) =>
    tinyElf({ loaded: fuse, note: { name: NAME, body: blob } }),
  "mach-o": ({ blob = embeddedBlob(), fuse = blownFuse } = {}) =>
    signMachO(tinyMachO({ code: fuse, blob }), "tiny"),
  pe: ({ blob = embeddedBlob(), fuse = blownFuse } = {}) =>
    tinyPe({ code: fuse, resource: { name: NAME, data: blob } }),
};

function expectation(format: ExecutableFormat, changes: Partial<Expectation> = {}): Expectation {
  const arch = format === "mach-o" ? "arm64" : "amd64";
  const target = targets.find((one) => one.format === format && one.arch === arch);
  assert.ok(target !== undefined);
  const bundleSha256 = createHash("sha256").update(tinySource).digest("hex");
  return { target, bundleSha256, hasCodeCache: false, ...changes };
}

function faultsWith(format: ExecutableFormat, parts: Parts, changes?: Partial<Expectation>) {
  return executableFaults(executables[format](parts), expectation(format, changes));
}

test("nothing is wrong with an executable that is as it should be", () => {
  for (const format of formats) assert.deepEqual(faultsWith(format, {}), [], format);
  const blob = embeddedBlob({ codeCache: "compiled" });
  assert.deepEqual(faultsWith("elf", { blob }, { hasCodeCache: true }), []);
});

test("the program inside must be the bundle, run as CommonJS and deaf to NODE_OPTIONS", () => {
  const rows: readonly (readonly [BlobOptions, RegExp])[] = [
    [{ source: "console.log('another')" }, /another one/],
    [{ mainFormat: 1 }, /CommonJS/],
    [{ execArgvExtension: 1 }, /NODE_OPTIONS/],
    [{ codeCache: "compiled" }, /has a code cache/],
    [{ path: "/home/someone/kubectl-ark.cjs" }, /path of the machine/],
    [{ path: "C:\\build\\kubectl-ark.cjs" }, /path of the machine/],
    [{ flags: 2 }, /snapshot/],
    [{ flags: 5 }, /damaged/],
  ];
  for (const format of formats) {
    for (const [options, says] of rows) {
      const faults = faultsWith(format, { blob: embeddedBlob(options) });
      assert.match(faults.join("; "), says, format);
    }
  }
  assert.match(faultsWith("elf", {}, { hasCodeCache: true }).join(), /lacks its code cache/);
});

test("Node must be told to look for the program, in one place", () => {
  for (const fuse of [
    Buffer.from(`${FUSE}0`),
    Buffer.from("none"),
    Buffer.from(`${FUSE}1${FUSE}1`),
  ]) {
    for (const format of formats) {
      assert.match(faultsWith(format, { fuse }).join(), /does not look/, format);
    }
  }
});

test("an executable without a program, or with a blob that is none, is found out", () => {
  const empty = [
    ["elf", tinyElf({ loaded: blownFuse })],
    ["elf", tinyElf({ loaded: blownFuse, note: { name: "OTHER", body: embeddedBlob() } })],
    ["mach-o", signMachO(tinyMachO({ code: blownFuse }), "tiny")],
    ["pe", tinyPe({ code: blownFuse })],
    ["pe", tinyPe({ code: blownFuse, resource: { name: "OTHER", data: embeddedBlob() } })],
  ] as const;
  for (const [format, file] of empty) {
    assert.deepEqual(executableFaults(file, expectation(format)), ["there is no program inside"]);
  }
  for (const format of formats) {
    const blob = Buffer.from("something else altogether");
    assert.match(faultsWith(format, { blob }).join(), /not Node's/);
  }
});

test("another format, another processor or another kind of file is found out", () => {
  for (const format of formats) {
    for (const other of formats.filter((one) => one !== format)) {
      assert.match(executableFaults(executables[other](), expectation(format)).join(), /it is no /);
    }
  }
  const note = { name: NAME, body: embeddedBlob() };
  const wrong = [
    ["elf", tinyElf({ loaded: blownFuse, note, machine: 0xb7 }), /another processor/],
    ["elf", tinyElf({ loaded: blownFuse, note, type: 1 }), /no executable/],
    ["pe", tinyPe({ code: blownFuse, machine: 0xaa64 }), /another processor/],
    ["mach-o", tinyMachO({ code: blownFuse, cpu: 0x01000007 }), /another processor/],
    ["mach-o", tinyMachO({ code: blownFuse, fileType: 6 }), /no executable/],
  ] as const;
  for (const [format, file, says] of wrong) {
    assert.match(executableFaults(file, expectation(format)).join(), says);
  }
});

test("a Mac's executable must be signed, and Windows' must not carry Node's old signature", () => {
  const unsigned = tinyMachO({ code: blownFuse, blob: embeddedBlob() });
  assert.deepEqual(executableFaults(unsigned, expectation("mach-o")), ["it is not signed"]);
  const resource = { name: NAME, data: embeddedBlob() };
  const stale = tinyPe({ code: blownFuse, resource, certificate: Buffer.alloc(16, 1) });
  assert.match(executableFaults(stale, expectation("pe")).join(), /signature of what it was/);
});

test("a file that is cut off anywhere has a fault", () => {
  for (const format of formats) {
    const whole = executables[format]();
    for (let length = 0; length < whole.length; length += 1) {
      const faults = executableFaults(whole.subarray(0, length), expectation(format));
      assert.notDeepEqual(faults, [], `${format} cut to ${length} of ${whole.length} bytes`);
    }
  }
});

test("whatever bytes are changed, the check gives an answer", () => {
  const change = fc.record({ at: fc.nat(), byte: fc.integer({ min: 0, max: 255 }) });
  const changes = fc.array(change, { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(fc.constantFrom(...formats), changes, (format, list) => {
      const file = Buffer.from(executables[format]());
      for (const { at, byte } of list) file[at % file.length] = byte;
      assert.ok(Array.isArray(executableFaults(file, expectation(format))));
    }),
    { numRuns: 500 },
  );
});
