import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { toPodView } from "../../../src/hooks/pod-view.ts";
import { pod } from "../../support/builders.ts";

const named = (spec: unknown, status: unknown = {}) =>
  toPodView({ metadata: { name: "db", namespace: "shop" }, spec, status });

describe("toPodView", () => {
  it("reads what hooks and blocks need", () => {
    const built = pod(
      "shop/db",
      {
        containers: ["main", "side"],
        claims: ["data"],
        labels: { app: "db" },
        annotations: { a: "b" },
        serviceAccountName: "dba",
      },
      { metadata: { uid: "u-1" } },
    );
    assert.deepEqual(toPodView(built), {
      namespace: "shop",
      name: "db",
      uid: "u-1",
      labels: { app: "db" },
      annotations: { a: "b" },
      phase: "Running",
      containers: [
        { name: "main", running: true },
        { name: "side", running: true },
      ],
      claims: ["data"],
      serviceAccount: "dba",
    });
  });

  for (const [spec, status] of [
    [undefined, undefined],
    [{}, {}],
    [
      { containers: null, initContainers: null, volumes: null },
      { containerStatuses: null, initContainerStatuses: null },
    ],
  ] as const) {
    it(`counts what is missing as empty: ${JSON.stringify(spec)}`, () => {
      const view = named(spec, status ?? null);
      assert.deepEqual(
        [view.phase, view.containers, view.claims, view.serviceAccount, view.uid],
        ["", [], [], "", ""],
      );
    });
  }

  it("native sidecars are hook targets after the regular containers, other init containers are none", () => {
    const { containers } = named(
      {
        containers: [{ name: "main" }],
        initContainers: [{ name: "setup" }, { name: "proxy", restartPolicy: "Always" }],
      },
      {
        containerStatuses: [{ name: "main", state: { waiting: {} } }],
        initContainerStatuses: [
          { name: "setup", state: { terminated: {} } },
          { name: "proxy", state: { running: { startedAt: "2026-01-02T03:04:05Z" } } },
        ],
      },
    );
    assert.deepEqual(containers, [
      { name: "main", running: false },
      { name: "proxy", running: true },
    ]);
  });

  it("a container without a status does not run", () => {
    assert.deepEqual(named({ containers: [{ name: "main" }] }).containers, [
      { name: "main", running: false },
    ]);
  });

  it("claims stand in volume order; an ephemeral volume's is called POD-VOLUME", () => {
    const { claims } = named({
      volumes: [
        { name: "z", persistentVolumeClaim: { claimName: "z-claim" } },
        { name: "config", configMap: { name: "c" } },
        { name: "scratch", ephemeral: { volumeClaimTemplate: {} } },
        { name: "none", persistentVolumeClaim: {} },
        { name: "a", persistentVolumeClaim: { claimName: "a-claim" } },
      ],
    });
    assert.deepEqual(claims, ["z-claim", "db-scratch", "a-claim"]);
  });
});
