import assert from "node:assert/strict";
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { inspectPlace } from "../../../src/lib/system-place.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";

suite("a place on the disk", () => {
  test("a directory that is there is written to, and left as it was", async () => {
    const path = temporaryDirectory();
    const place = await inspectPlace(path);
    assert.deepEqual([place.isThere, place.nearest, place.error], [true, path, undefined]);
    assert.ok((place.freeBytes ?? 0) > 0);
    assert.equal(place.isOpenToOthers, false);
    assert.deepEqual(readdirSync(path), []);
  });

  test("of one that is missing the nearest one above is tried, and nothing is made", async () => {
    const above = temporaryDirectory();
    const place = await inspectPlace(join(above, "a/b/c"));
    assert.deepEqual([place.isThere, place.nearest, place.error], [false, above, undefined]);
    assert.deepEqual(readdirSync(above), []);
  });

  test("a mode that lets others in is seen", async () => {
    const path = join(temporaryDirectory(), "open");
    mkdirSync(path, { mode: 0o750 });
    assert.equal((await inspectPlace(path)).isOpenToOthers, true);
  });

  for (const [title, prepare, code] of [
    ["a file in its place", (path: string) => writeFileSync(path, ""), "ENOTDIR"],
    ["a link that leads nowhere", (path: string) => symlinkSync("/nonexistent/x", path), "ENOENT"],
  ] as const) {
    test(`${title} is an error, not a missing directory`, async () => {
      const path = join(temporaryDirectory(), "taken");
      prepare(path);
      const { isThere, error } = await inspectPlace(path);
      assert.equal(isThere, true);
      assert.ok(error instanceof Error && "code" in error);
      assert.equal(error.code, code);
    });
  }

  test("a file in the middle of the path is an error", async () => {
    const file = join(temporaryDirectory(), "file");
    writeFileSync(file, "");
    const { error } = await inspectPlace(join(file, "deeper"));
    assert.ok(error instanceof Error && "code" in error);
    assert.equal(error.code, "ENOTDIR");
  });
});
