import type { ApiResource } from "../cluster.ts";
import {
  isJsonRecord,
  type JsonRecord,
  parseJsonRecord,
  recordField,
  textField,
} from "./json-fields.ts";
import type { ApiRequest, SendRequest } from "./requests.ts";
import { collectionPath, describeCollection } from "./resource-path.ts";
import { toArkError } from "./status-error.ts";

/** Nobody reads more names than these from a screen. */
const MAX_PAGES = 4;
const PAGE_SIZE = 500;

/** Rows without their objects, some 200 bytes each; a server that makes no tables sends the list itself. */
const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

export type NamesQuery = {
  readonly resource: ApiResource;
  /** Absent: a cluster-scoped resource. */
  readonly namespace?: string | undefined;
};

/**
 * The names of a resource's objects, as the server sorts them; of more than 2,000 the first. Much less is sent than by a
 * list of the objects.
 * @param send is asked once for each page
 * @throws ArkError as Cluster.list
 */
export async function listNames(
  send: SendRequest,
  query: NamesQuery,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const names: string[] = [];
  let token = "";
  for (let page = 0; page < MAX_PAGES; page++) {
    const request = pageRequest(query, token);
    const response = await send(request, signal);
    if (response.status !== 200) throw toArkError(response, request);
    const list = parseJsonRecord(response.body) ?? {};
    names.push(...namesOf(list));
    token = textField(recordField(list, "metadata"), "continue") ?? "";
    if (token === "") break;
  }
  return names;
}

function pageRequest({ resource, namespace }: NamesQuery, token: string): ApiRequest {
  const query = [
    ["limit", String(PAGE_SIZE)],
    ["includeObject", "None"],
  ] as const;
  return {
    method: "GET",
    path: collectionPath(resource, namespace),
    query: token === "" ? query : [...query, ["continue", token]],
    headers: { accept: TABLE },
    purpose: `list ${describeCollection(resource, namespace)}`,
  };
}

/** The first column of a table is the name. */
function namesOf(list: JsonRecord): string[] {
  const { rows, items } = list;
  const found = Array.isArray(rows)
    ? rows.map((row: unknown) => firstCell(row))
    : arrayOf(items).map((item) =>
        isJsonRecord(item) ? textField(recordField(item, "metadata"), "name") : undefined,
      );
  return found.filter((name) => name !== undefined);
}

function firstCell(row: unknown): string | undefined {
  const [name]: unknown[] = isJsonRecord(row) ? arrayOf(row["cells"]) : [];
  return typeof name === "string" ? name : undefined;
}

function arrayOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
