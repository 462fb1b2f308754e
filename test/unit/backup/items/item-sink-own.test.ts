import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  createItemSink,
  skipReason,
  type ItemSink,
} from "../../../../src/backup/items/item-sink.ts";
import type { KubernetesObject, RawObject } from "../../../../src/cluster/cluster.ts";
import { rawObjectFromJson } from "../../../../src/cluster/raw-object.ts";
import { ownedMetadata } from "../../../../src/volumes/owned-labels.ts";
import { claim, object } from "../../../support/builders.ts";
import { defaultResources } from "../../../support/fake-api-server/resource-types.ts";
import { aMark } from "../../../support/snapshot-builders.ts";
import { SNAPSHOT_API } from "../../../support/volume-backup.ts";

const resourceOf = (kind: string) =>
  defaultResources.find((resource) => resource.kind === kind) ?? assert.fail(kind);
const raw = (value: KubernetesObject): RawObject =>
  rawObjectFromJson(Buffer.from(JSON.stringify(value)));
const snapshot = (path: string): RawObject => raw(object(SNAPSHOT_API, "VolumeSnapshot", path));
const content = (name: string, spec: unknown): RawObject =>
  raw(object(SNAPSHOT_API, "VolumeSnapshotContent", name, { spec }));
const contentOf = (namespace: string, name: string): RawObject =>
  content("snapcontent-1", { volumeSnapshotRef: { namespace, name } });

function aSink() {
  const [paths, skips]: [string[], string[]] = [[], []];
  const sink = createItemSink({
    archive: { add: (path) => void paths.push(path), drained: async () => {} },
    resourceList: { add: () => {} },
    report: { skip: (reason) => void skips.push(reason), error: () => {} },
    apiVersions: false,
  });
  const store = (item: RawObject): ReturnType<ItemSink["store"]> =>
    sink.store(resourceOf(item.kind), item);
  return { sink, paths, skips, store };
}

describe("release", () => {
  it("lets an object in that was left out", () => {
    const { sink, paths, store } = aSink();
    const claims = resourceOf("PersistentVolumeClaim");
    sink.leaveOut(claims, "shop", "data");
    assert.equal(store(raw(claim("shop/data"))), "seen");
    sink.release(claims, "shop", "data");
    assert.equal(sink.has(claims, "shop", "data"), false);
    assert.equal(store(raw(claim("shop/data"))), "stored");
    assert.equal(store(raw(claim("shop/data"))), "seen");
    assert.equal(paths.length, 1);
  });

  it("of something that was never left out changes nothing", () => {
    const { sink, store } = aSink();
    sink.release(resourceOf("PersistentVolumeClaim"), "shop", "data");
    assert.equal(store(raw(claim("shop/data"))), "stored");
  });
});

describe("what this backup has made", () => {
  const owned = raw(
    object(SNAPSHOT_API, "VolumeSnapshot", "shop/snap", { metadata: ownedMetadata(aMark) }),
  );

  it("is passed over by lists, with that as the reason, and stored by storeOwn", () => {
    const { sink, paths, skips, store } = aSink();
    assert.equal(skipReason(owned), "made-by-a-backup");
    assert.equal(store(owned), "skipped");
    assert.deepEqual([paths, skips, sink.total()], [[], ["made-by-a-backup"], 0]);
    sink.storeOwn(resourceOf("VolumeSnapshot"), owned);
    assert.equal(paths.length, 1);
    assert.equal(sink.total(), 1);
    assert.deepEqual([...sink.counts.values()], [1]);
  });

  it("is passed over before it has labels: a VolumeSnapshot by its name, a content by its VolumeSnapshot", () => {
    const { sink, paths, store } = aSink();
    sink.leaveOutSnapshot({ namespace: "shop", name: "snap" });
    assert.equal(store(snapshot("shop/snap")), "skipped");
    assert.equal(store(contentOf("shop", "snap")), "skipped");
    assert.deepEqual(paths, []);
  });

  it("is not mistaken for what others have made", () => {
    const { sink, store } = aSink();
    sink.leaveOutSnapshot({ namespace: "shop", name: "snap" });
    assert.equal(store(snapshot("bank/snap")), "stored");
    assert.equal(store(snapshot("shop/snap-2")), "stored");
    assert.equal(store(contentOf("bank", "snap")), "stored");
    assert.equal(store(raw(claim("shop/snap"))), "stored");
  });

  for (const spec of [
    undefined,
    null,
    "x",
    {},
    { volumeSnapshotRef: null },
    { volumeSnapshotRef: { name: 1 } },
  ]) {
    it(`a content whose spec is ${JSON.stringify(spec)} belongs to nobody, and is stored`, () => {
      const { sink, store } = aSink();
      sink.leaveOutSnapshot({ namespace: "shop", name: "snap" });
      assert.equal(store(content("c", spec)), "stored");
    });
  }
});
