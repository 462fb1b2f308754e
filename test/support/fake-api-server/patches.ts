/** RFC 7396, which stands in for strategic merge too: fixtures do not merge lists. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

type Operation = {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
  readonly from?: string;
};

/** RFC 6902. @throws Error when an operation does not apply */
export function jsonPatch(target: unknown, operations: unknown): unknown {
  if (!Array.isArray(operations)) throw new Error("a JSON patch is a list of operations");
  const root = { document: structuredClone(target) };
  for (const operation of operations as readonly Operation[]) applyOperation(root, operation);
  return root.document;
}

function applyOperation(root: { document: unknown }, operation: Operation): void {
  const { parent, key } = locate(root, operation.path);
  switch (operation.op) {
    case "add":
      return insert(parent, key, operation.value);
    case "replace":
      takeOut(parent, key);
      return insert(parent, key, operation.value);
    case "remove":
      takeOut(parent, key);
      return;
    case "test":
      if (JSON.stringify(parent[key]) !== JSON.stringify(operation.value))
        throw new Error(`testing value ${operation.path} failed`);
      return;
    case "move":
    case "copy": {
      const from = locate(root, operation.from ?? "");
      const value = structuredClone(from.parent[from.key]);
      if (operation.op === "move") takeOut(from.parent, from.key);
      return insert(parent, key, value);
    }
    default:
      throw new Error(`unexpected kind: ${operation.op}`);
  }
}

type Parent = Record<string, unknown>;

function locate(root: { document: unknown }, path: string): { parent: Parent; key: string } {
  const keys = path
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  const last = keys.pop();
  if (last === undefined) return { parent: root, key: "document" };
  let parent: unknown = root.document;
  for (const key of keys) parent = isContainer(parent) ? parent[key] : undefined;
  if (!isContainer(parent)) throw new Error(`missing path: ${path}`);
  return { parent, key: last };
}

function insert(parent: Parent, key: string, value: unknown): void {
  if (!Array.isArray(parent)) parent[key] = value;
  else parent.splice(key === "-" ? parent.length : Number(key), 0, value);
}

function takeOut(parent: Parent, key: string): void {
  if (!(key in parent)) throw new Error(`missing value: ${key}`);
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Lists are walked by index, as records by key. */
function isContainer(value: unknown): value is Parent {
  return typeof value === "object" && value !== null;
}
