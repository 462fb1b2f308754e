import assert from "node:assert/strict";
import { it } from "node:test";
import { apiVersionOf, groupResourceOf } from "../../../src/cluster/group-resource.ts";

for (const [group, groupResource, apiVersion] of [
  ["", "things", "v1"],
  ["apps", "things.apps", "apps/v1"],
  ["example.com", "things.example.com", "example.com/v1"],
] as const) {
  it(`the group "${group}" gives ${groupResource} and ${apiVersion}`, () => {
    const resource = { group, version: "v1", resource: "things" };
    assert.equal(groupResourceOf(resource), groupResource);
    assert.equal(apiVersionOf(resource), apiVersion);
  });
}
