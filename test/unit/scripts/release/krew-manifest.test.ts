import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { test } from "node:test";
import { load } from "js-yaml";
import { renderManifest } from "../../../../scripts/release/krew-manifest.ts";
import { krewViolations } from "../../../../scripts/release/krew-rules.ts";
import { targets } from "../../../../scripts/release/targets.ts";

const template = readFileSync(
  resolve(import.meta.dirname, "../../../../krew/ark.yaml.template"),
  "utf8",
);
const homepage = "https://github.com/someone/kubectl-ark";
const sum = (digit: number): string => String(digit).repeat(64);
const archives = targets.map((target, index) => ({ target, sha256: sum(index) }));
const request = { version: "1.2.3", homepage, archives };
const yaml = renderManifest(template, request);

type Manifest = { readonly spec: { readonly platforms: readonly unknown[] } };

/** The manifest with one piece of its text changed. */
function violationsWith(text: string, replacement: string): string {
  assert.ok(yaml.includes(text), text);
  return krewViolations(load(yaml.replace(text, () => replacement))).join("; ");
}

test("the manifest that the release makes keeps krew-index's rules", () => {
  assert.deepEqual(krewViolations(load(yaml)), []);
});

test("every platform has the archive, the sum and the executable that were made for it", () => {
  const manifest: Manifest = JSON.parse(JSON.stringify(load(yaml)));
  const expected = archives.map(({ target: { os, arch }, sha256 }) => {
    const bin = os === "windows" ? "kubectl-ark.exe" : "kubectl-ark";
    const archive = `kubectl-ark-v1.2.3-${os}-${arch}.${os === "windows" ? "zip" : "tar.gz"}`;
    return {
      selector: { matchLabels: { os, arch } },
      uri: `${homepage}/releases/download/v1.2.3/${archive}`,
      sha256,
      files: [bin, "LICENSE", "THIRD_PARTY_LICENSES"].map((from) => ({ from, to: "." })),
      bin,
    };
  });
  assert.deepEqual(manifest.spec.platforms, expected);
  assert.equal(expected.length, 5);
});

test("a manifest of some platforms names those only", () => {
  const one = load(renderManifest(template, { ...request, archives: archives.slice(0, 1) }));
  assert.deepEqual(krewViolations(one), []);
  const none = load(renderManifest(template, { ...request, archives: [] }));
  assert.deepEqual(krewViolations(none), ["there are no platforms"]);
});

test("a word of the template that there is nothing for is an error", () => {
  assert.throws(() => renderManifest("{{verison}}", request), /unknown \{\{verison\}\}/);
  assert.throws(() => renderManifest("{{toString}}", request), /unknown/);
  assert.throws(
    () => renderManifest("{{#platforms}} in a line {{/platforms}}", request),
    /unknown/,
  );
});

test("what is against a rule of krew-index is named", () => {
  const short = "Application-consistent backups with hooks";
  const rows: readonly (readonly [text: string, replacement: string, says: RegExp])[] = [
    ["v1alpha2", "v1", /apiVersion/],
    ["kind: Plugin", "kind: Plugins", /kind/],
    ["name: ark", "name: Ark", /lower-case/],
    ["name: ark", "name: ark_2", /lower-case/],
    ["name: ark", "name: kube-ark", /prefix kube/],
    ["name: ark", "name: [ark]", /lower-case/],
    ["version: v1.2.3", "version: 1.2.3", /semantic version/],
    ["version: v1.2.3", "version: v1.2", /semantic version/],
    ["version: v1.2.3", "version: v1.2.4", /not one of this version/],
    [`homepage: ${homepage}`, "homepage: http://example.org", /homepage/],
    [`homepage: ${homepage}`, 'homepage: "https://a b"', /homepage/],
    [short, `${short}.`, /full stop/],
    [short, "Backups for Kubernetes", /without saying/],
    [short, "x".repeat(51), /50 characters/],
    [short, '"two\\nlines"', /one line/],
    [short, '""', /one line/],
    ["nothing is installed in the cluster", "use --hooks for that", /explains flags/],
    ["On Linux the", "kubectl krew install ark. The", /how to install/],
    ["os: linux", "os: plan9", /matches nothing/],
    ["os: linux", "node: linux", /matches nothing/],
    ["arch: arm64", "arch: amd64", /overlap/],
    ["uri: https", "uri: http", /no https address/],
    ["linux-amd64.tar.gz", "linux-amd64.tar.xz", /no https address/],
    [sum(0), sum(0).slice(1), /no SHA-256/],
    ["bin: kubectl-ark\n", "bin: kubectl-ark.sh\n", /not among the files/],
    ["bin: kubectl-ark.exe", "bin: kubectl-ark", /lacks it/],
    ["from: LICENSE", "from: NOTES", /no licence/],
  ];
  for (const [text, replacement, says] of rows) {
    assert.match(violationsWith(text, replacement), says, replacement);
  }
});

function within(operator: string, values: string): string {
  return `matchExpressions: [{key: os, operator: ${operator}, values: ${values}}]`;
}

test("selectors by expressions are understood, and what is no manifest at all has violations", () => {
  const labels = "matchLabels:\n          os: linux\n          arch: amd64";
  assert.match(violationsWith(labels, within("In", "[windows, darwin]")), /overlap/);
  assert.match(violationsWith(labels, within("NotIn", "[darwin, windows]")), /overlap/);
  assert.match(violationsWith(labels, within("Exists", "[linux]")), /matches nothing/);
  for (const value of [null, undefined, 7, "text", [], { spec: { platforms: [null, 7] } }]) {
    assert.ok(krewViolations(value).length > 3);
  }
});
