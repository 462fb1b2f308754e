import assert from "node:assert/strict";
import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { zstdCompressSync } from "node:zlib";
import type { VolumeRecord } from "../../../../src/api/backup-record.ts";
import { volumeDataFile } from "../../../../src/archive/layout.ts";
import { createDirectoryStore } from "../../../../src/store/directory/directory-store.ts";
import { arkSession } from "../../../support/ark-session.ts";
import { chunksOf } from "../../../support/bytes.ts";
import { publishRecorded } from "../../../support/recorded-backup.ts";

const ark = await arkSession();
const store = createDirectoryStore(ark.store);
const tar = Buffer.alloc(1_000_000, "the content of a tar\n");
const packed = zstdCompressSync(tar);

function withData(claim: string): VolumeRecord {
  const [namespace = "", name = ""] = claim.split("/");
  const data: VolumeRecord["data"] = {
    file: volumeDataFile(namespace, name),
    source: "snapshot",
    sizeBytes: packed.length,
    uncompressedBytes: tar.length,
    startTimestamp: "2026-01-02T03:04:05Z",
    endTimestamp: "2026-01-02T03:04:06Z",
    warnings: [],
  };
  return { claim, result: "captured", data };
}

const files = { [volumeDataFile("shop", "data-db-0")]: packed };
const stored = (name: string) =>
  join(ark.store, "backups", name, volumeDataFile("shop", "data-db-0"));

async function publish(name: string): Promise<void> {
  const raw: VolumeRecord = { claim: "shop/raw", result: "skipped", reason: "a block device" };
  await publishRecorded(store, { name, volumes: [withData("shop/data-db-0"), raw], files });
}
await publish("nightly");
const download = (...words: readonly string[]) => ark.run("backup", "download", ...words);

suite("backup download --volume-data", () => {
  test("writes the plain tar, named after backup, namespace and claim, for its owner only", async () => {
    const { code, stdout } = await download("nightly", "--volume-data", "shop/data-db-0");
    const file = join(ark.home, "nightly-shop-data-db-0.tar");
    const said = `The data of volume shop/data-db-0 of backup nightly has been downloaded to ${file}\n`;
    assert.deepEqual([code, stdout], [0, said]);
    assert.ok(readFileSync(file).equals(tar));
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const again = await download("nightly", "--volume-data", "shop/data-db-0");
    assert.equal(again.code, 2);
    assert.match(again.stderr, /Use --force/);
  });

  test("--compressed gives the stored bytes", async () => {
    const words = ["nightly", "--volume-data", "shop/data-db-0", "--compressed"];
    assert.equal((await download(...words)).code, 0);
    const bytes = readFileSync(join(ark.home, "nightly-shop-data-db-0.tar.zst"));
    assert.ok(bytes.equals(packed));
    const alone = await download("nightly", "--compressed");
    assert.equal(alone.code, 2);
    assert.match(alone.stderr, /--compressed goes with --volume-data/);
  });

  test("-o - writes it to standard output, and nothing else", async () => {
    const words = ["nightly", "--volume-data", "shop/data-db-0", "-o", "-"];
    const { code, stdout, stderr } = await download(...words);
    assert.deepEqual([code, stdout, stderr], [0, tar.toString(), ""]);
  });

  test("of a claim without data says which have some, what was probably meant, and why there is none", async () => {
    const typo = await download("nightly", "--volume-data", "shop/data-db-1");
    assert.equal(typo.code, 1);
    assert.match(
      typo.stderr,
      /no data of a volume "shop\/data-db-1"; did you mean shop\/data-db-0/,
    );
    assert.match(typo.stderr, /hint: It has the data of shop\/data-db-0\./);
    const raw = await download("nightly", "--volume-data", "shop/raw");
    assert.match(raw.stderr, /no data of a volume "shop\/raw" \(a block device\)\n/);
    await publishRecorded(store, { name: "bare" });
    const bare = await download("bare", "--volume-data", "shop/data-db-0");
    assert.match(bare.stderr, /hint: It has data of no volume at all/);
  });

  test("of a backup without a record is an error, as it is for one that is not there", async () => {
    const foreign = await store.create("foreign", new AbortController().signal);
    await foreign.write("velero-backup.json", chunksOf('{"metadata":{"name":"foreign"}}'));
    await foreign.publish();
    const { code, stderr } = await download("foreign", "--volume-data", "shop/data");
    assert.equal(code, 1);
    assert.match(stderr, /backup foreign has no data of a volume/);
    assert.match((await download("nihgtly", "--volume-data", "shop/data")).stderr, /did you mean/);
  });

  const damages: readonly [what: string, damage: (path: string) => void, message: RegExp][] = [
    ["cut off", (path) => writeFileSync(path, packed.subarray(0, -5)), /it is cut off/],
    ["no zstd", (path) => writeFileSync(path, "something else"), /zstd says/],
    ["longer", (path) => appendFileSync(path, "x"), /its checksum differs/],
    ["another one", (path) => writeFileSync(path, zstdCompressSync("other")), /checksum differs/],
  ];
  for (const [index, [what, damage, message]] of damages.entries()) {
    test(`of a stored file that is ${what} is refused, and leaves no file`, async () => {
      const name = `damaged-${index}`;
      await publish(name);
      damage(stored(name));
      const { code, stderr } = await download(name, "--volume-data", "shop/data-db-0");
      assert.equal(code, 1);
      assert.match(stderr, message);
      assert.ok(!existsSync(join(ark.home, `${name}-shop-data-db-0.tar`)));
    });
  }

  test("that is interrupted says so and leaves no file", async () => {
    const caller = new AbortController();
    const words = ["nightly", "--volume-data", "shop/data-db-0", "-o", "stopped"];
    const running = ark.runWith({ signal: caller.signal }, "backup", "download", ...words);
    caller.abort();
    assert.equal((await running).code, 130);
    assert.ok(!existsSync(join(ark.home, "stopped")));
  });
});
