import assert from "node:assert/strict";
import { test } from "node:test";
import type { StorageEvent } from "../../../../scripts/demo/snapshot-storage.ts";
import { assertOrder, timelineOf } from "../../../../scripts/demo/timeline.ts";
import type { FakeRequest } from "../../../support/fake-api-server/message.ts";

const shop = "/api/v1/namespaces/shop";
const snapshots = "/apis/snapshot.storage.k8s.io/v1/namespaces/shop/volumesnapshots";

function request(method: string, path: string, rest: Partial<FakeRequest> = {}): FakeRequest {
  const query = new URLSearchParams();
  return { method, path, query, headers: {}, rawHeaders: [], body: "", user: "", ...rest };
}

function exec(pod: string, ...command: readonly string[]): FakeRequest {
  const query = new URLSearchParams(command.map((word) => ["command", word]));
  return request("GET", `${shop}/pods/${pod}/exec`, { query });
}

function event(kind: StorageEvent["kind"], afterRequests: number, claim = "data"): StorageEvent {
  return { kind, claim, afterRequests, frozen: kind === "cut" ? ["shop/web /data"] : [] };
}

test("a timeline goes from the first to the last command in the pod, and tells of its claim only", () => {
  const body = JSON.stringify({ metadata: { name: "ark-data-1" } });
  const requests = [
    exec("db", "true"),
    request("GET", `${shop}/configmaps`),
    exec("web", "freeze"),
    request("POST", snapshots, { body }),
    request("GET", `${snapshots}/ark-data-1`),
    request("GET", `${snapshots}/ark-data-1`),
    request("GET", `${shop}/pods/web`),
    request("GET", "/api/v1/persistentvolumes/pv-data"),
    exec("web", "thaw"),
    request("GET", `${shop}/pods/other`),
  ];
  const events = [event("cut", 5), event("cut", 5, "other"), event("ready", 10)];
  assert.deepEqual(timelineOf({ pod: "web", claim: "data", requests, events }), [
    "run in web: freeze",
    "create volumesnapshots/ark-data-1",
    "look whether it is cut",
    "(storage) snapshot of data is cut; frozen: shop/web /data",
    "look whether it is cut",
    "read pods/web",
    "read persistentvolumes/pv-data",
    "run in web: thaw",
    "(storage) snapshot of data is ready; nothing is frozen",
  ]);
});

test("lines in another order, missing lines and repeated ones are refused", () => {
  const order = ["freeze", "cut", "thaw"];
  assertOrder(["freeze /data", "look", "cut", "thaw /data"], order);
  assert.throws(() => assertOrder(["freeze", "thaw", "cut"], order), /too early: thaw/);
  assert.throws(() => assertOrder(["freeze", "thaw"], order), /0 times: cut/);
  assert.throws(() => assertOrder(["freeze", "cut", "cut", "thaw"], order), /2 times: cut/);
});
