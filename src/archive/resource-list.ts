/** What `<backup>-resource-list.json.gz` says: `{"apps/v1/Deployment":["ns/name"],"v1/Namespace":["name"]}`. */
export type ResourceList = {
  /** @param object `apiVersion` as objects carry it: "v1", "apps/v1" */
  add(object: ListedObject): void;
  /** Sorted keys and names, as Velero. */
  toJson(): Readonly<Record<string, readonly string[]>>;
};

export type ListedObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
};

/** Keeps names as bytes: a string can hold on to the whole page of a list that it was cut from. */
export function createResourceList(): ResourceList {
  const namesByKind = new Map<string, Names>();
  return {
    add({ apiVersion, kind, namespace, name }) {
      const key = `${apiVersion}/${kind}`;
      let names = namesByKind.get(key);
      if (names === undefined) namesByKind.set(key, (names = createNames()));
      names.push(namespace === undefined || namespace === "" ? name : `${namespace}/${name}`);
    },
    toJson() {
      const kinds = [...namesByKind.keys()].toSorted();
      return Object.fromEntries(kinds.map((kind) => [kind, namesByKind.get(kind)?.sorted() ?? []]));
    },
  };
}

type Names = { push(name: string): void; sorted(): readonly string[] };

const SEPARATOR = "\0";
const FIRST_BYTES = 256;

function createNames(): Names {
  let bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  let used = 0;
  return {
    push(name) {
      const text = `${name}${SEPARATOR}`;
      const sizeBytes = Buffer.byteLength(text);
      if (used + sizeBytes > bytes.length) {
        const larger = Buffer.allocUnsafeSlow((used + sizeBytes) * 2);
        larger.set(bytes.subarray(0, used));
        bytes = larger;
      }
      used += bytes.write(text, used);
    },
    sorted: () =>
      bytes
        .toString("utf8", 0, Math.max(used - 1, 0))
        .split(SEPARATOR)
        .toSorted(),
  };
}
