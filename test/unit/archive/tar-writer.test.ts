import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import * as fc from "fast-check";
import { anyText } from "../../support/archive-arbitraries.ts";
import { extract, type Header } from "tar-stream";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { paddingAfter, tarHeader } from "../../../src/archive/tar-writer.ts";

/** What another reader makes of a header; its body is not needed. */
async function readBack(path: string, sizeBytes: number, mtimeSeconds: number): Promise<Header> {
  const tar = extract();
  const entry = Promise.withResolvers<Header>();
  tar.on("entry", (header) => entry.resolve(header));
  tar.on("error", entry.reject);
  tar.write(tarHeader(path, sizeBytes, mtimeSeconds));
  const header = await entry.promise;
  tar.destroy();
  return header;
}

test("a header is, byte for byte, what GNU tar writes for such a file", (context) => {
  const directory = temporaryDirectory();
  const path = "resources/deployments.apps/namespaces/web/front.json";
  mkdirSync(join(directory, dirname(path)), { recursive: true });
  writeFileSync(join(directory, path), "0123456789");
  const owner = ["--owner=0", "--group=0", "--numeric-owner"];
  const form = ["--format=ustar", "--mode=0755", "--mtime=@1700000000"];
  const tar = spawnSync("tar", [...form, ...owner, "-C", directory, "-cf", "-", path]);
  if (tar.status !== 0) return context.skip("there is no GNU tar");
  assert.deepEqual(Buffer.from(tarHeader(path, 10, 1_700_000_000)), tar.stdout.subarray(0, 512));
});

test("every header says a regular file, mode 0755, owner 0", async () => {
  const header = await readBack("a/b", 5, 1_700_000_000);
  assert.deepEqual(
    { type: header.type, mode: header.mode, uid: header.uid, gid: header.gid, size: header.size },
    { type: "file", mode: 0o755, uid: 0, gid: 0, size: 5 },
  );
  assert.equal(header.mtime?.getTime(), 1_700_000_000_000);
});

test("any path and size comes back as it was", async () => {
  const paths = fc.oneof(
    anyText(300, 1).filter((path) => path.isWellFormed()),
    fc
      .array(fc.stringMatching(/^[a-z]{1,120}$/), { minLength: 1, maxLength: 5 })
      .map((parts) => parts.join("/")),
  );
  const usable = paths.filter((path) => !path.includes("\0") && !path.endsWith("/"));
  await fc.assert(
    fc.asyncProperty(usable, fc.maxSafeNat(), async (path, size) => {
      const header = await readBack(path, size, 0);
      assert.equal(header.name, path);
      assert.equal(header.size, size);
    }),
    { numRuns: 100 },
  );
});

const SHAPES = [
  ["100 bytes of name", "n".repeat(100), 512],
  ["101 bytes without a slash", "n".repeat(101), 1536],
  ["155 of prefix and 100 of name", `${"p".repeat(155)}/${"n".repeat(100)}`, 512],
  ["156 of prefix", `${"p".repeat(156)}/${"n".repeat(100)}`, 1536],
  ["101 of name after a prefix", `p/${"n".repeat(101)}`, 1536],
  ["a name outside ASCII", "é", 1536],
] as const;
for (const [what, path, sizeBytes] of SHAPES) {
  test(`${what} takes ${sizeBytes} bytes of header`, async () => {
    assert.equal(tarHeader(path, 0, 0).length, sizeBytes);
    assert.equal((await readBack(path, 0, 0)).name, path);
  });
}

test("8 GiB and more goes into a pax header", async () => {
  const limit = 8 * 1024 ** 3;
  assert.equal(tarHeader("a", limit - 1, 0).length, 512);
  assert.equal(tarHeader("a", limit, 0).length, 1536);
  assert.equal((await readBack("a", limit, 0)).size, limit);
});

test("a time that tar cannot hold is moved to the nearest that it can", async () => {
  assert.equal((await readBack("a", 0, -5)).mtime?.getTime(), 0);
  assert.equal((await readBack("a", 0, 1e12)).mtime?.getTime(), 0o77777777777 * 1000);
  assert.equal((await readBack("a", 0, 1.9)).mtime?.getTime(), 1000);
});

test("a body is padded to whole blocks", () => {
  assert.deepEqual([0, 1, 511, 512, 513].map(paddingAfter), [0, 511, 1, 0, 511]);
});
