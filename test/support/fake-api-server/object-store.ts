import { randomUUID } from "node:crypto";
import type { FakeResource } from "./resource-types.ts";
import { qualified } from "./status.ts";

/** An object as tests write it and as the server keeps it. */
export type FakeObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: FakeMetadata;
  readonly [field: string]: unknown;
};

export type FakeMetadata = {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
  readonly [field: string]: unknown;
};

/** etcd in small: one revision for everything, lists as they were at a revision until compaction. */
export class ObjectStore {
  readonly #objects = new Map<string, Map<string, FakeObject>>();
  readonly #sorted = new Map<string, readonly FakeObject[]>();
  readonly #history = new Map<string, readonly FakeObject[]>();
  #revision = 1000;
  #compacted = 0;

  get revision(): number {
    return this.#revision;
  }

  /** Lists that were begun until now can no longer be continued. */
  compact(): void {
    this.#compacted = this.#revision;
    this.#history.clear();
  }

  isCompacted(revision: number): boolean {
    return revision <= this.#compacted;
  }

  get(type: FakeResource, namespace: string, name: string): FakeObject | undefined {
    return this.#objects.get(qualified(type))?.get(storeKey(namespace, name));
  }

  /** Stores with a new resourceVersion; uid and creationTimestamp are kept or given. */
  put(type: FakeResource, object: FakeObject): FakeObject {
    this.#revision += 1;
    const namespace = type.namespaced ? (object.metadata.namespace ?? "default") : undefined;
    const { namespace: _given, ...rest } = object.metadata;
    const stored: FakeObject = {
      ...object,
      metadata: {
        ...rest,
        ...(namespace === undefined ? {} : { namespace }),
        uid: object.metadata.uid ?? randomUUID(),
        resourceVersion: String(this.#revision),
        creationTimestamp:
          object.metadata.creationTimestamp ?? new Date().toISOString().replace(/\.\d+/, ""),
      },
    };
    const key = storeKey(namespace ?? "", object.metadata.name);
    this.#collection(type).set(key, stored);
    this.#sorted.delete(qualified(type));
    return stored;
  }

  delete(type: FakeResource, namespace: string, name: string): boolean {
    const existed = this.#collection(type).delete(storeKey(namespace, name));
    if (existed) this.#revision += 1;
    this.#sorted.delete(qualified(type));
    return existed;
  }

  deleteNamespace(namespace: string): void {
    for (const [resource, objects] of this.#objects) {
      this.#sorted.delete(resource);
      for (const key of objects.keys()) {
        if (key.startsWith(`${namespace}/`)) objects.delete(key);
      }
    }
  }

  /** Everything of a resource now, by namespace and name. Kept for `listAt`. */
  list(type: FakeResource): readonly FakeObject[] {
    const resource = qualified(type);
    let sorted = this.#sorted.get(resource);
    if (sorted === undefined) {
      const entries = [...this.#collection(type)].toSorted(([a], [b]) => (a < b ? -1 : 1));
      sorted = entries.map(([, object]) => object);
      this.#sorted.set(resource, sorted);
    }
    this.#history.set(`${this.#revision} ${resource}`, sorted);
    return sorted;
  }

  listAt(type: FakeResource, revision: number): readonly FakeObject[] {
    return this.#history.get(`${revision} ${qualified(type)}`) ?? this.list(type);
  }

  #collection(type: FakeResource): Map<string, FakeObject> {
    const resource = qualified(type);
    let objects = this.#objects.get(resource);
    if (objects === undefined) this.#objects.set(resource, (objects = new Map()));
    return objects;
  }
}

/** Sorts as etcd does: "namespace/name", or "/name". */
export function storeKey(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
