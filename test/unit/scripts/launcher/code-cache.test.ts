import assert from "node:assert/strict";
import * as fs from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { openCodeCache } from "../../../../scripts/launcher/code-cache.ts";
import { temporaryDirectory } from "../../../support/temporary-directory.ts";

const uid = process.geteuid?.() ?? 0;
const code = new Map([
  ["./main.js", Buffer.from("compiled main")],
  ["./chunk-A.js", Buffer.from([0, 255, 10, 13])],
]);

/** A cache that holds `code`, its directory and its file. */
function filled() {
  const directory = join(temporaryDirectory(), "caches", "kubectl-ark");
  const open = (changes: { id?: string; uid?: number } = {}) =>
    openCodeCache({ directory, id: "program 1", uid, ...changes });
  open().write(code);
  return { directory, file: join(directory, "compiled"), open };
}

function texts(read: ReadonlyMap<string, Uint8Array>): [string, string][] {
  return [...read].map(([name, data]) => [name, Buffer.from(data).toString("latin1")]);
}

suite("the cache of compiled code", () => {
  test("gives back what was written, from a file that only the user can read", () => {
    const { directory, file, open } = filled();
    assert.deepEqual(texts(open().read()), texts(code));
    assert.equal(fs.statSync(directory).mode & 0o777, 0o700);
    assert.equal(fs.statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(fs.readdirSync(directory), ["compiled"]);
  });

  test("knows nothing of another program, and then holds that one's", () => {
    const { open } = filled();
    assert.deepEqual(texts(open({ id: "program 2" }).read()), []);
    open({ id: "program 2" }).write(new Map([["./x.js", Buffer.from("x")]]));
    assert.deepEqual(texts(open().read()), []);
    assert.deepEqual(texts(open({ id: "program 2" }).read()), [["./x.js", "x"]]);
  });

  test("is empty where there is none yet", () => {
    const directory = join(temporaryDirectory(), "nothing");
    assert.equal(openCodeCache({ directory, id: "", uid }).read().size, 0);
  });
});

suite("compiled code that someone else could have put there is neither run nor replaced", () => {
  const ways: [what: string, arrange: (cache: ReturnType<typeof filled>) => void][] = [
    ["a directory that its group may write", ({ directory }) => fs.chmodSync(directory, 0o770)],
    ["a directory that everybody may write", ({ directory }) => fs.chmodSync(directory, 0o1777)],
    [
      "a link to a directory",
      ({ directory }) => {
        fs.renameSync(directory, `${directory}-elsewhere`);
        fs.symlinkSync(`${directory}-elsewhere`, directory);
      },
    ],
  ];
  for (const [what, arrange] of ways) {
    test(what, () => {
      const cache = filled();
      arrange(cache);
      const before = fs.readFileSync(cache.file);
      assert.equal(cache.open().read().size, 0);
      cache.open().write(new Map([["./other.js", Buffer.from("other")]]));
      assert.deepEqual(fs.readFileSync(cache.file), before);
    });
  }

  test("another user's directory", () => {
    const { file, open } = filled();
    const before = fs.readFileSync(file);
    assert.equal(open({ uid: uid + 1 }).read().size, 0);
    open({ uid: uid + 1 }).write(new Map());
    assert.deepEqual(fs.readFileSync(file), before);
  });

  test("nothing is made in another user's directory", () => {
    const home = temporaryDirectory();
    const directory = join(home, ".cache", "kubectl-ark");
    openCodeCache({ directory, id: "", uid: uid + 1 }).write(code);
    assert.deepEqual(fs.readdirSync(home), []);
  });
});

suite("a file that is not as it was written is ignored, and replaced", () => {
  const ways: [what: string, damage: (file: string) => void][] = [
    ["empty", (file) => fs.truncateSync(file, 0)],
    ["cut within its header", (file) => fs.truncateSync(file, 20)],
    ["cut by one byte", (file) => fs.truncateSync(file, fs.statSync(file).size - 1)],
    ["one byte longer", (file) => fs.appendFileSync(file, "x")],
    ["of zeros", (file) => fs.writeFileSync(file, Buffer.alloc(4096))],
    ["of another size than it says", (file) => fs.writeFileSync(file, Buffer.alloc(4096, 0xff))],
    ["writable by everybody", (file) => fs.chmodSync(file, 0o666)],
    [
      "a link",
      (file) => {
        fs.renameSync(file, `${file}-elsewhere`);
        fs.symlinkSync(`${file}-elsewhere`, file);
      },
    ],
  ];
  for (const [what, damage] of ways) {
    test(what, () => {
      const { file, open } = filled();
      damage(file);
      assert.equal(open().read().size, 0);
      open().write(code);
      assert.deepEqual(texts(open().read()), texts(code));
      assert.ok(fs.lstatSync(file).isFile());
    });
  }

  test("a directory in its place is no failure", () => {
    const { file, open } = filled();
    fs.rmSync(file);
    fs.mkdirSync(file);
    open().write(code);
    assert.equal(open().read().size, 0);
  });
});

suite("writing the cache", () => {
  test("gives way to another process that is writing", () => {
    const { file, open } = filled();
    fs.writeFileSync(`${file}.new`, "half");
    open().write(new Map());
    assert.equal(fs.readFileSync(`${file}.new`, "utf8"), "half");
    assert.deepEqual(texts(open().read()), texts(code));
  });

  test("clears away what a process left that died while it was writing", () => {
    const { file, open } = filled();
    fs.writeFileSync(`${file}.new`, "half");
    const longAgo = new Date(Date.now() - 3_600_000);
    fs.utimesSync(`${file}.new`, longAgo, longAgo);
    open().write(new Map([["./new.js", Buffer.from("new")]]));
    assert.deepEqual(texts(open().read()), [["./new.js", "new"]]);
    assert.ok(!fs.existsSync(`${file}.new`));
  });

  test("is let be where no directory can be made", () => {
    const file = join(temporaryDirectory(), "file");
    fs.writeFileSync(file, "");
    for (const directory of [join(file, "a", "b"), "/proc/self/none", "/proc/none/at/all"]) {
      openCodeCache({ directory, id: "", uid }).write(code);
      assert.equal(openCodeCache({ directory, id: "", uid }).read().size, 0);
    }
  });
});
