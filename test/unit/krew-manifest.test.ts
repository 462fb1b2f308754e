import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "node:test";
import { load } from "js-yaml";

const root = resolve(import.meta.dirname, "../..");

type Requirement = { readonly key: string; readonly operator: string };
type Platform = {
  readonly selector: { readonly matchExpressions: readonly Requirement[] };
  readonly uri: string;
  readonly sha256: string;
  readonly files: readonly { readonly from: string; readonly to: string }[];
  readonly bin: string;
};
type Manifest = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly version: string;
    readonly homepage: string;
    readonly shortDescription: string;
    readonly description: string;
    readonly platforms: readonly Platform[];
  };
};

const yaml = readFileSync(resolve(root, "krew-manifest.yaml"), "utf8");
const manifest: Manifest = JSON.parse(JSON.stringify(load(yaml)));

test("the krew manifest is a Plugin called ark, of the version in package.json", () => {
  const text = readFileSync(resolve(root, "package.json"), "utf8");
  const { version }: { readonly version: string } = JSON.parse(text);
  assert.equal(manifest.apiVersion, "krew.googlecontainertools.github.com/v1alpha2");
  assert.equal(manifest.kind, "Plugin");
  assert.equal(manifest.metadata.name, "ark");
  assert.equal(manifest.spec.version, `v${version}`);
});

test("the krew manifest follows krew's rules for descriptions", () => {
  const { shortDescription, description, homepage } = manifest.spec;
  assert.match(shortDescription, /^[^\n]{1,50}[^\n.]$/);
  assert.ok(description.length > shortDescription.length);
  assert.match(homepage, /^https:\/\//);
});

test("every platform of the krew manifest has an archive, its checksum, a licence and the executable", () => {
  assert.ok(manifest.spec.platforms.length > 0);
  for (const { selector, uri, sha256, files, bin } of manifest.spec.platforms) {
    assert.ok(selector.matchExpressions.every(({ key }) => key === "os" || key === "arch"));
    assert.match(uri, new RegExp(`^https://.*/${manifest.spec.version}/[^/]*\\.(tar\\.gz|zip)$`));
    assert.match(sha256, /^[0-9a-f]{64}$/);
    assert.deepEqual(files.map(({ from }) => from).toSorted(), ["LICENSE", bin]);
  }
});
