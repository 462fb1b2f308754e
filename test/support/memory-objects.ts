import { ArkError } from "../../src/lib/errors.ts";
import type { ApiResource, KubernetesObject, ObjectName } from "../../src/cluster/cluster.ts";
import { apiVersionOf, groupResourceOf } from "../../src/cluster/group-resource.ts";

/** The objects of a MemoryCluster, by resource, then by namespace and name. */
export class MemoryObjects {
  readonly #objects = new Map<string, Map<string, KubernetesObject>>();
  #revision = 100;

  /** Sorted as an API server lists them. */
  all(resource: ApiResource): readonly KubernetesObject[] {
    const entries = [...this.#collection(resource)];
    return entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
  }

  find(resource: ApiResource, target: ObjectName): KubernetesObject | undefined {
    return this.#collection(resource).get(keyOf(target));
  }

  /** @throws ArkError NotFound */
  get(resource: ApiResource, target: ObjectName): KubernetesObject {
    const object = this.find(resource, target);
    if (object !== undefined) return object;
    const name = `${groupResourceOf(resource)} "${target.name}"`;
    throw new ArkError("NotFound", `${name} not found`);
  }

  put(resource: ApiResource, object: KubernetesObject): KubernetesObject {
    const stored = this.complete(resource, object);
    this.#collection(resource).set(keyOf(stored.metadata), stored);
    return stored;
  }

  /** As it would be stored: with apiVersion, kind, uid and a new resourceVersion. */
  complete(resource: ApiResource, object: KubernetesObject): KubernetesObject {
    const resourceVersion = String(++this.#revision);
    const uid = object.metadata.uid ?? `uid-${resourceVersion}`;
    return {
      ...structuredClone(object),
      apiVersion: apiVersionOf(resource),
      kind: resource.kind,
      metadata: { ...structuredClone(object.metadata), uid, resourceVersion },
    };
  }

  delete(resource: ApiResource, target: ObjectName): void {
    this.#collection(resource).delete(keyOf(target));
  }

  #collection(resource: ApiResource): Map<string, KubernetesObject> {
    const key = groupResourceOf(resource);
    const existing = this.#objects.get(key);
    if (existing !== undefined) return existing;
    const created = new Map<string, KubernetesObject>();
    this.#objects.set(key, created);
    return created;
  }
}

function keyOf({ namespace, name }: ObjectName): string {
  return `${namespace ?? ""}/${name}`;
}
