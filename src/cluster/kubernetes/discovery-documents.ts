import type { ApiResource, DiscoveryFailure } from "../cluster.ts";
import { apiVersionOf } from "../group-resource.ts";
import {
  type JsonRecord,
  recordField,
  recordsField,
  textField,
  textsField,
} from "./json-fields.ts";

/** One version of a group: its resources, or why they are not known. */
export type DiscoveredVersion = GroupVersion & {
  readonly resources: readonly ApiResource[];
  readonly failure?: DiscoveryFailure;
};

export type GroupVersion = { readonly group: string; readonly version: string };

/** A group's versions, the preferred one first. */
export type GroupVersions = { readonly group: string; readonly versions: readonly string[] };

/** Versions of an APIGroupDiscoveryList (v2 and v2beta1 alike), as listed: the first of a group is the preferred one. */
export function versionsOfAggregated(document: JsonRecord): readonly DiscoveredVersion[] {
  return recordsField(document, "items").flatMap((item) => {
    const group = textField(recordField(item, "metadata"), "name") ?? "";
    return recordsField(item, "versions").flatMap((entry) => aggregatedVersion(group, entry));
  });
}

function aggregatedVersion(group: string, entry: JsonRecord): readonly DiscoveredVersion[] {
  const version = textField(entry, "version");
  if (version === undefined) return [];
  const gv = { group, version };
  if (entry["freshness"] !== "Stale")
    return [{ ...gv, resources: aggregatedResources(gv, recordsField(entry, "resources")) }];
  const message = "the API server has no current answer from the server behind this group";
  return [{ ...gv, resources: [], failure: { groupVersion: apiVersionOf(gv), message } }];
}

function aggregatedResources(
  gv: GroupVersion,
  entries: readonly JsonRecord[],
): readonly ApiResource[] {
  return entries.flatMap((entry) =>
    apiResource(gv, entry, {
      resource: textField(entry, "resource"),
      kind: textField(recordField(entry, "responseKind"), "kind"),
      singular: textField(entry, "singularResource"),
      namespaced: entry["scope"] === "Namespaced",
    }),
  );
}

type Names = {
  readonly resource: string | undefined;
  readonly kind: string | undefined;
  readonly singular: string | undefined;
  readonly namespaced: boolean;
};

/** Empty for a subresource, and for what is served through subresources only: there is nothing to list. */
function apiResource(gv: GroupVersion, entry: JsonRecord, names: Names): readonly ApiResource[] {
  const { resource, kind, singular = kind?.toLowerCase() ?? "", namespaced } = names;
  if (resource === undefined || kind === undefined || resource.includes("/")) return [];
  return [
    {
      ...gv,
      resource,
      kind,
      singular,
      namespaced,
      shortNames: textsField(entry, "shortNames"),
      categories: textsField(entry, "categories"),
      verbs: textsField(entry, "verbs"),
    },
  ];
}

/** Groups of the legacy answers: APIVersions (`/api`, the core group) and APIGroupList (`/apis`). */
export function groupsOfLegacy(document: JsonRecord): readonly GroupVersions[] {
  if (document["kind"] === "APIVersions")
    return [{ group: "", versions: textsField(document, "versions") }];
  return recordsField(document, "groups").flatMap((entry) => {
    const group = textField(entry, "name");
    if (group === undefined) return [];
    const listed = recordsField(entry, "versions").map((version) => textField(version, "version"));
    const preferred = textField(recordField(entry, "preferredVersion"), "version");
    const versions = [preferred, ...listed].filter((version) => version !== undefined);
    return [{ group, versions: [...new Set(versions)] }];
  });
}

/** Resources of a legacy APIResourceList. */
export function resourcesOfLegacy(gv: GroupVersion, document: JsonRecord): readonly ApiResource[] {
  return recordsField(document, "resources").flatMap((entry) =>
    apiResource(gv, entry, {
      resource: textField(entry, "name"),
      kind: textField(entry, "kind"),
      singular: textField(entry, "singularName"),
      namespaced: entry["namespaced"] === true,
    }),
  );
}
