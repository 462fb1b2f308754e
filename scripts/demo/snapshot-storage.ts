import type { FakeObject } from "../../test/support/fake-api-server/object-store.ts";
import type { FakeApiServer } from "../../test/support/fake-api-server/server.ts";
import type { WriteObserver } from "../../test/support/fake-api-server/write-objects.ts";
import { fieldsAt } from "../../src/volumes/object-fields.ts";
import { claimOf, deletesStorage, newContent } from "./snapshot-content.ts";
import { SNAPSHOT_API } from "./volumes.ts";

/** What the storage did with the snapshot of a claim, and when: after so many requests to the API server. */
export type StorageEvent = {
  readonly kind: "cut" | "ready";
  readonly claim: string;
  readonly afterRequests: number;
  /** Which file systems were frozen then. */
  readonly frozen: readonly string[];
};

const CUT_MS = 150;
const UPLOAD_MS = 300;
/** Whoever waits for an upload in the middle of a freeze gets it in the end, and is seen to have waited. */
const LATEST_UPLOAD_MS = 3_000;

/**
 * Plays the snapshot controller and the storage behind the CSI driver: a VolumeSnapshot is bound to a content at once, cut
 * after a moment, ready to use a moment after nothing is frozen any more (a real upload outlasts every freeze), and
 * removed with its content as the deletionPolicy says.
 */
export class SnapshotStorage {
  readonly events: StorageEvent[] = [];
  /** Handles of the snapshots that the storage holds. */
  readonly held = new Set<string>();
  readonly #made: FakeObject[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #frozen: ReadonlySet<string>;
  readonly #serverOf: () => FakeApiServer;

  /** @param serverOf asked only once the server runs, which in turn tells this of writes */
  constructor(frozen: ReadonlySet<string>, serverOf: () => FakeApiServer) {
    this.#frozen = frozen;
    this.#serverOf = serverOf;
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** What is left of the objects in the cluster. */
  countObjects(): { readonly snapshots: number; readonly contents: number } {
    const api = this.#serverOf();
    const isThere = (kind: string, name: string, namespace?: string): boolean =>
      api.get(SNAPSHOT_API, kind, name, namespace) !== undefined;
    const made = this.#made.map(({ metadata }) => metadata);
    return {
      snapshots: made.filter(({ name, namespace }) => isThere("VolumeSnapshot", name, namespace))
        .length,
      contents: made.filter(({ uid }) => isThere("VolumeSnapshotContent", `snapcontent-${uid}`))
        .length,
    };
  }

  /** To be told of every write. */
  readonly onWrite: WriteObserver = (object, operation) => {
    const { deletionTimestamp } = object.metadata;
    if (object.kind === "VolumeSnapshot" && operation === "create") this.#bind(object);
    else if (deletionTimestamp === undefined) return;
    else if (object.kind === "VolumeSnapshot") this.#removeSnapshot(object);
    else if (object.kind === "VolumeSnapshotContent") this.#removeContent(object.metadata.name);
  };

  #bind(snapshot: FakeObject): void {
    this.#made.push(snapshot);
    const { uid = "" } = snapshot.metadata;
    const content = newContent(snapshot, this.#api);
    this.#api.put(content);
    const finalizers = ["snapshot.storage.kubernetes.io/volumesnapshot-bound-protection"];
    const status = {
      boundVolumeSnapshotContentName: content.metadata.name,
      readyToUse: false,
    };
    this.#api.put({ ...snapshot, metadata: { ...snapshot.metadata, finalizers }, status });
    this.#later(CUT_MS, () => this.#cut(snapshot, `snapshot-${uid}`));
  }

  #cut(snapshot: FakeObject, snapshotHandle: string): void {
    const now = new Date();
    this.held.add(snapshotHandle);
    this.#note("cut", claimOf(snapshot));
    this.#report(snapshot, {
      content: { snapshotHandle, creationTime: now.getTime() * 1e6, restoreSize: 2 ** 30 },
      snapshot: { creationTime: now.toISOString().replace(/\.\d+/, ""), restoreSize: "1Gi" },
    });
    this.#upload(snapshot, 0);
  }

  #upload(snapshot: FakeObject, waitedMs: number): void {
    this.#later(UPLOAD_MS, () => {
      const isHeldUp = this.#frozen.size > 0 && waitedMs < LATEST_UPLOAD_MS;
      if (isHeldUp) return this.#upload(snapshot, waitedMs + UPLOAD_MS);
      this.#note("ready", claimOf(snapshot));
      const status = { readyToUse: true };
      this.#report(snapshot, { content: status, snapshot: status });
    });
  }

  /** Adds to the status of a VolumeSnapshot and its content, unless they are gone. */
  #report(
    { metadata: { name, namespace, uid } }: FakeObject,
    changes: { readonly content: object; readonly snapshot: object },
  ): void {
    const api = this.#api;
    const content = api.get(SNAPSHOT_API, "VolumeSnapshotContent", `snapcontent-${uid}`);
    const snapshot = api.get(SNAPSHOT_API, "VolumeSnapshot", name, namespace);
    for (const [object, change] of [
      [content, changes.content],
      [snapshot, changes.snapshot],
    ] as const) {
      if (object === undefined) continue;
      api.put({ ...object, status: { ...fieldsAt(object, "status"), ...change } });
    }
  }

  #removeSnapshot(snapshot: FakeObject): void {
    const { name, namespace, uid } = snapshot.metadata;
    const contentName = `snapcontent-${uid}`;
    const content = this.#api.get(SNAPSHOT_API, "VolumeSnapshotContent", contentName);
    if (content && deletesStorage(content)) this.#removeContent(contentName);
    this.#api.remove(SNAPSHOT_API, "VolumeSnapshot", name, namespace);
  }

  #removeContent(name: string): void {
    const content = this.#api.get(SNAPSHOT_API, "VolumeSnapshotContent", name);
    if (content === undefined) return;
    if (deletesStorage(content)) this.held.delete(name.replace("snapcontent", "snapshot"));
    this.#api.remove(SNAPSHOT_API, "VolumeSnapshotContent", name);
  }

  #note(kind: StorageEvent["kind"], claim: string): void {
    const afterRequests = this.#api.requests.length;
    this.events.push({ kind, claim, afterRequests, frozen: [...this.#frozen] });
  }

  #later(delayMs: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, delayMs);
    this.#timers.add(timer);
  }

  get #api(): FakeApiServer {
    return this.#serverOf();
  }
}
