import { ArkError } from "../lib/errors.ts";
import type { KubernetesObject, RawObject } from "./cluster.ts";

const decoder = new TextDecoder("utf-8");

/**
 * Parses an object's body. Numbers beyond 2^53 lose digits here: read from the result, store `raw.body`.
 * @throws ArkError ServerError when the body is not a JSON object with metadata.name
 */
// oxlint-disable-next-line no-unnecessary-type-parameters -- the caller says which kind it knows this to be
export function parseRawObject<T extends KubernetesObject = KubernetesObject>(raw: RawObject): T {
  try {
    const parsed: T = JSON.parse(decoder.decode(raw.body));
    return parsed;
  } catch (cause) {
    throw new ArkError(
      "ServerError",
      `the server sent a ${raw.kind} that is not valid JSON: ${raw.metadata.name}`,
      { cause },
    );
  }
}

/**
 * A RawObject from the JSON text of one object that carries apiVersion and kind.
 * @throws ArkError ServerError when it does not, or has no metadata.name
 */
export function rawObjectFromJson(body: Uint8Array): RawObject {
  const parsed = parseJson(body);
  if (!isObjectWithName(parsed)) {
    throw new ArkError("ServerError", "the server sent an object without apiVersion, kind or name");
  }
  return { apiVersion: parsed.apiVersion, kind: parsed.kind, metadata: parsed.metadata, body };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(body));
  } catch (cause) {
    throw new ArkError("ServerError", "the server sent an object that is not valid JSON", {
      cause,
    });
  }
}

type NamedObject = KubernetesObject & { readonly apiVersion: string; readonly kind: string };

function isObjectWithName(value: unknown): value is NamedObject {
  if (typeof value !== "object" || value === null) return false;
  const { apiVersion, kind, metadata } = value as Partial<Record<string, unknown>>;
  if (typeof apiVersion !== "string" || typeof kind !== "string") return false;
  if (typeof metadata !== "object" || metadata === null) return false;
  return typeof (metadata as Partial<Record<string, unknown>>)["name"] === "string";
}
