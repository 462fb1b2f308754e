import { ArkError } from "../../lib/errors.ts";
import type { ApiResource, ObjectMeta, RawObject } from "../cluster.ts";
import { apiVersionOf, groupResourceOf } from "../group-resource.ts";
import { type ByteRange, JsonCursor, JsonTextError } from "./json-cursor.ts";
import { isJsonRecord, textField } from "./json-fields.ts";

export type SplitList = {
  readonly items: readonly RawObject[];
  /** "" on the last page. */
  readonly continueToken: string;
  readonly remainingItemCount?: number;
  readonly resourceVersion: string;
};

type ItemParts = {
  readonly range: ByteRange;
  readonly metadata: ObjectMeta;
  readonly apiVersion: string | undefined;
  readonly kind: string | undefined;
};

type ListParts = {
  apiVersion?: unknown;
  kind?: unknown;
  metadata?: unknown;
  items?: readonly ItemParts[];
};

type TypeMeta = { readonly apiVersion: string; readonly kind: string };

/**
 * Cuts the JSON text of a list into its items in one pass over the bytes. Only each item's metadata is parsed (without
 * managedFields); the rest stays as the server wrote it. Items share memory with `body`, unless the list left out their
 * apiVersion and kind, as it does for built-in kinds: these are put in front.
 * @throws ArkError ServerError when the text is not a list of objects with names
 */
export function splitList(body: Uint8Array, resource: ApiResource): SplitList {
  try {
    const list = readList(new JsonCursor(body));
    const items = list.items ?? emptyList(list.kind);
    return {
      items: rawObjects(body, items, typeOfItems(list, resource)),
      ...listMeta(list.metadata),
    };
  } catch (cause) {
    if (!(cause instanceof JsonTextError)) throw cause;
    const what = groupResourceOf(resource);
    throw new ArkError("ServerError", `a page of ${what} is not valid: ${cause.message}`, {
      cause,
    });
  }
}

function readList(cursor: JsonCursor): ListParts {
  const list: ListParts = {};
  for (let more = cursor.enter("{"); more; more = cursor.next("}")) {
    const key = cursor.readKey();
    if (key === "items") list.items = readItems(cursor);
    else if (key === "apiVersion" || key === "kind" || key === "metadata")
      list[key] = cursor.parse(cursor.skipValue());
    else cursor.skipValue();
  }
  cursor.expectEnd();
  return list;
}

function readItems(cursor: JsonCursor): readonly ItemParts[] {
  const items: ItemParts[] = [];
  if (cursor.peek() === "n") {
    cursor.skipValue();
    return items;
  }
  for (let more = cursor.enter("["); more; more = cursor.next("]")) items.push(readItem(cursor));
  return items;
}

function readItem(cursor: JsonCursor): ItemParts {
  const start = cursor.start();
  let metadata: unknown;
  let apiVersion: unknown;
  let kind: unknown;
  for (let more = cursor.enter("{"); more; more = cursor.next("}")) {
    const key = cursor.readKey();
    if (key === "metadata") metadata = readMetadata(cursor);
    else if (key === "apiVersion") apiVersion = cursor.parse(cursor.skipValue());
    else if (key === "kind") kind = cursor.parse(cursor.skipValue());
    else cursor.skipValue();
  }
  if (!isObjectMeta(metadata)) throw new JsonTextError(`no metadata.name at byte ${start}`);
  if (!isNameOrAbsent(apiVersion) || !isNameOrAbsent(kind))
    throw new JsonTextError(`no apiVersion and kind at byte ${start}`);
  return { range: { start, end: cursor.end }, metadata, apiVersion, kind };
}

/** The object at the cursor without its managedFields: they are half of a typical object and nobody reads them. */
function readMetadata(cursor: JsonCursor): unknown {
  if (cursor.peek() !== "{") return cursor.parse(cursor.skipValue());
  const start = cursor.start();
  let unread: ByteRange | undefined;
  let separator = start;
  for (let more = cursor.enter("{"); more;) {
    const key = cursor.readKey();
    const { end } = cursor.skipValue();
    more = cursor.next("}");
    if (key === "managedFields")
      unread =
        separator > start
          ? { start: separator, end }
          : { start: start + 1, end: more ? cursor.end : end };
    separator = cursor.end - 1;
  }
  return cursor.parse({ start, end: cursor.end }, unread);
}

function isObjectMeta(value: unknown): value is ObjectMeta {
  return isJsonRecord(value) && typeof value["name"] === "string" && value["name"] !== "";
}

function isNameOrAbsent(value: unknown): value is string | undefined {
  return value === undefined || (typeof value === "string" && value !== "");
}

function emptyList(kind: unknown): readonly ItemParts[] {
  if (typeof kind === "string" && kind.endsWith("List")) return [];
  throw new JsonTextError("it has no items");
}

/** What the items are when they do not say so themselves: the list's own words, without "List". */
function typeOfItems(list: ListParts, resource: ApiResource): TypeMeta {
  const { apiVersion, kind } = list;
  const isTyped = typeof kind === "string" && kind.endsWith("List") && kind !== "List";
  if (!isTyped || typeof apiVersion !== "string" || apiVersion === "")
    return { apiVersion: apiVersionOf(resource), kind: resource.kind };
  return { apiVersion, kind: kind.slice(0, -"List".length) };
}

function listMeta(metadata: unknown): Omit<SplitList, "items"> {
  const meta = isJsonRecord(metadata) ? metadata : {};
  const { remainingItemCount } = meta;
  return {
    continueToken: textField(meta, "continue") ?? "",
    resourceVersion: textField(meta, "resourceVersion") ?? "",
    ...(typeof remainingItemCount === "number" && { remainingItemCount }),
  };
}

type Cut = { readonly item: ItemParts; readonly front: Uint8Array | undefined };

function rawObjects(body: Uint8Array, items: readonly ItemParts[], type: TypeMeta): RawObject[] {
  const fronts = createFronts(type);
  const cuts = items.map((item) => ({ item, front: fronts(item) }));
  const joined = createJoiner(cuts);
  return cuts.map(({ item, front }) => {
    const { metadata, range, apiVersion = type.apiVersion, kind = type.kind } = item;
    const text = body.subarray(range.start, range.end);
    return { apiVersion, kind, metadata, body: front ? joined(front, text) : text };
  });
}

/** `{"apiVersion":"v1","kind":"Pod",` as far as an item lacks it; made once, since all items of a list are alike. */
function createFronts(type: TypeMeta): (item: ItemParts) => Uint8Array | undefined {
  const made = new Map<string, Uint8Array>();
  return (item) => {
    let members = "";
    if (item.apiVersion === undefined) {
      members += `"apiVersion":${JSON.stringify(type.apiVersion)},`;
    }
    if (item.kind === undefined) members += `"kind":${JSON.stringify(type.kind)},`;
    if (members === "") return undefined;
    const front = made.get(members) ?? Buffer.from(`{${members}`);
    made.set(members, front);
    return front;
  };
}

/** Puts fronts before their items in one buffer for the whole page: one for each item costs more than all the rest. */
function createJoiner(cuts: readonly Cut[]): (front: Uint8Array, text: Uint8Array) => Uint8Array {
  const size = (cut: Cut): number =>
    cut.front ? cut.front.length + cut.item.range.end - cut.item.range.start - 1 : 0;
  const joined = Buffer.allocUnsafeSlow(cuts.reduce((sum, cut) => sum + size(cut), 0));
  let used = 0;
  return (front, text) => {
    const start = used;
    joined.set(front, start);
    // Without its own brace.
    joined.set(text.subarray(1), start + front.length);
    used = start + front.length + text.length - 1;
    return joined.subarray(start, used);
  };
}
