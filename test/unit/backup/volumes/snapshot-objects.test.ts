import assert from "node:assert/strict";
import { describe, it } from "node:test";
import * as fc from "fast-check";
import { asKept, withSnapshot } from "../../../../src/backup/volumes/snapshot-objects.ts";
import type { RawObject } from "../../../../src/cluster/cluster.ts";
import { rawObjectFromJson } from "../../../../src/cluster/raw-object.ts";
import { ownedMetadata } from "../../../../src/volumes/owned-labels.ts";
import { claim, object } from "../../../support/builders.ts";
import { aMark } from "../../../support/snapshot-builders.ts";
import { SNAPSHOT_API } from "../../../support/volume-backup.ts";

const STATE = "kubectl-ark/state";
const fromText = (text: string): RawObject => rawObjectFromJson(Buffer.from(text));
const raw = (value: unknown): RawObject => fromText(JSON.stringify(value));
const textOf = ({ body }: RawObject): string => String(Buffer.from(body));
const parsed = (value: RawObject): Record<string, unknown> => JSON.parse(textOf(value));
const { labels, annotations } = ownedMetadata(aMark);

function aSnapshot(more: Readonly<Record<string, string>> = {}): RawObject {
  const metadata = { labels, annotations: { ...annotations, ...more } };
  return raw(object(SNAPSHOT_API, "VolumeSnapshot", "shop/snap", { metadata }));
}

describe("asKept", () => {
  it("changes the label in the bytes and in the head, and nothing else", () => {
    const snapshot = aSnapshot();
    const kept = asKept(snapshot);
    assert.equal(kept.metadata.labels?.[STATE], "kept");
    assert.equal(textOf(kept), textOf(snapshot).replace('"pending"', '"kept"'));
    assert.equal(snapshot.metadata.labels?.[STATE], "pending", "the original stays as it was");
  });

  it("leaves every digit of a number, and the order and spelling of everything, as they came", () => {
    const text = `{"kind":"VolumeSnapshotContent","apiVersion":"${SNAPSHOT_API}","metadata":{"name":"c","labels":{"${STATE}":"pending"},"z":1,"a":2},"status":{"creationTime":1767323045123456789,"big":1e400,"s":"\\u00e4\\/"}}`;
    assert.equal(textOf(asKept(fromText(text))), text.replace('"pending"', '"kept"'));
  });

  const label = `"${STATE}":"pending"`;
  for (const [what, value] of [
    ["the label's own text", label],
    ["it in an object in a string", JSON.stringify({ labels: { [STATE]: "pending" } })],
    ["it escaped twice", JSON.stringify(JSON.stringify({ [STATE]: "pending" }))],
    ["a backslash before it", `\\${label}\\`],
    ["other scripts and lone surrogates", `größe 日本語 \u{1f600} \ud800 ${label}`],
  ] as const) {
    it(`leaves annotations alone that hold ${what}`, () => {
      const snapshot = aSnapshot({ note: value });
      const { annotations: kept } = Object(parsed(asKept(snapshot))["metadata"]);
      assert.deepEqual(kept, { ...annotations, note: value });
      assert.equal(asKept(snapshot).metadata.labels?.[STATE], "kept");
    });
  }

  it("gives back what is kept already, and what has no such label", () => {
    const kept = asKept(aSnapshot());
    assert.equal(asKept(kept), kept);
    const plain = raw(object(SNAPSHOT_API, "VolumeSnapshotClass", "fast"));
    assert.equal(asKept(plain), plain);
  });

  it("for any annotation: what is read back differs in that label only", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constant(label),
      fc.constant(`a\\"${label}`),
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 4 }), (texts) => {
        const snapshot = aSnapshot({ note: texts.join("") });
        const expected = parsed(snapshot);
        Object.assign(Object(Object(expected["metadata"])["labels"]), { [STATE]: "kept" });
        assert.deepEqual(parsed(asKept(snapshot)), expected);
      }),
    );
  });
});

const ANNOTATION = "velero.io/volume-snapshot-name";
const GI = 2 ** 30;

describe("withSnapshot", () => {
  it("adds the annotation that names the snapshot, beside those that are there", () => {
    const claimed = raw(claim("shop/data", "pv", { metadata: { annotations: { ünï: "✓" } } }));
    const stored = withSnapshot(claimed, { name: "snap", restoreSizeBytes: undefined });
    const annotated = { ünï: "✓", [ANNOTATION]: "snap" };
    assert.deepEqual(stored.metadata.annotations, annotated);
    const before = parsed(claimed);
    const metadata = { ...Object(before["metadata"]), annotations: annotated };
    assert.deepEqual(parsed(stored), { ...before, metadata });
  });

  it("replaces the name of an older snapshot, which a restore has left there", () => {
    const metadata = { annotations: { [ANNOTATION]: "old" } };
    const stored = withSnapshot(raw(claim("shop/data", "pv", { metadata })), {
      name: "new",
      restoreSizeBytes: GI,
    });
    assert.equal(stored.metadata.annotations?.[ANNOTATION], "new");
  });

  for (const [asked, restoreSizeBytes, expected] of [
    ["1Gi", GI, "1Gi"],
    ["1Gi", GI - 1, "1Gi"],
    ["1Gi", GI + 1, String(GI + 1)],
    ["1073741824", GI, "1073741824"],
    ["1G", GI, String(GI)],
    ["2Ti", GI, "2Ti"],
    ["1Gi", 0, "1Gi"],
    ["1Gi", undefined, "1Gi"],
  ] as const) {
    it(`a claim that asks for ${asked} asks for ${expected} where the snapshot takes ${restoreSizeBytes}`, () => {
      const resources = { requests: { storage: asked, other: "1" }, limits: { storage: "9Ti" } };
      const claimed = raw(claim("shop/data", "pv", { spec: { resources, volumeName: "pv" } }));
      const { spec } = Object(parsed(withSnapshot(claimed, { name: "s", restoreSizeBytes })));
      const requests = { storage: expected, other: "1" };
      assert.deepEqual(spec, { resources: { ...resources, requests }, volumeName: "pv" });
    });
  }

  for (const [what, spec] of [
    ["no spec", undefined],
    ["an empty spec", {}],
    ["no requests", { resources: {} }],
    ["a size that is none", { resources: { requests: { storage: "lots" } } }],
    ["null for resources", { resources: null }],
  ] as const) {
    it(`a claim with ${what} asks for what the snapshot takes`, () => {
      const claimed = raw(claim("shop/data", "pv", { spec }));
      const stored = Object(parsed(withSnapshot(claimed, { name: "s", restoreSizeBytes: 5 })));
      assert.deepEqual(stored.spec, { ...spec, resources: { requests: { storage: "5" } } });
    });
  }
});
