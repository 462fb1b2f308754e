import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { KubernetesObject } from "../../../../src/cluster/cluster.ts";
import { findClaimMounts } from "../../../../src/volumes/copies/copy-mount.ts";

type Mount = {
  readonly name?: string;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly subPathExpr?: string;
  readonly readOnly?: boolean;
};

function aPod(
  containers: Readonly<Record<string, readonly Mount[]>>,
  { stopped = [], ...more }: { stopped?: readonly string[]; [field: string]: unknown } = {},
): KubernetesObject {
  const names = Object.keys(containers);
  return {
    metadata: { namespace: "shop", name: "db-0" },
    spec: {
      volumes: [{ name: "v", persistentVolumeClaim: { claimName: "data" } }],
      containers: names.map((name) => ({
        name,
        volumeMounts: (containers[name] ?? []).map((mount) => ({ name: "v", ...mount })),
      })),
      ...more,
    },
    status: {
      containerStatuses: names
        .filter((name) => !stopped.includes(name))
        .map((name) => ({ name, state: { running: {} } })),
    },
  };
}

function placesIn(pod: KubernetesObject, claim = "data"): unknown {
  const found = findClaimMounts(pod, claim);
  return found.kind === "none"
    ? found.reason
    : found.mounts.map(({ container, path, nestedMounts }) => [container, path, ...nestedMounts]);
}

describe("findClaimMounts", () => {
  it("finds each running container that mounts the whole volume, read-only ones too", () => {
    const pod = aPod({
      main: [{ mountPath: "/var/lib/db" }],
      exporter: [{ mountPath: "/data", readOnly: true }],
      other: [],
    });
    assert.deepEqual(placesIn(pod), [
      ["main", "/var/lib/db"],
      ["exporter", "/data"],
    ]);
  });

  it("passes over containers that do not run", () => {
    const pod = aPod({ a: [{ mountPath: "/a" }], b: [{ mountPath: "/b" }] }, { stopped: ["a"] });
    assert.deepEqual(placesIn(pod), [["b", "/b"]]);
  });

  it("takes a container without other mounts below before one with them", () => {
    const tmp = { name: "tmp", mountPath: "/data/tmp" };
    const pod = aPod({ main: [{ mountPath: "/data" }, tmp], exporter: [{ mountPath: "/data" }] });
    assert.deepEqual(placesIn(pod), [
      ["exporter", "/data"],
      ["main", "/data", "/data/tmp"],
    ]);
  });

  it("does not take a mount beside for one below", () => {
    const pod = aPod({ main: [{ mountPath: "/data/" }, { name: "x", mountPath: "/database" }] });
    assert.deepEqual(placesIn(pod), [["main", "/data/"]]);
  });

  it("passes over mounts of a part, and uses another of the same container", () => {
    const pod = aPod({
      main: [
        { mountPath: "/a", subPath: "a" },
        { mountPath: "/b", subPathExpr: "$(X)" },
        { mountPath: "/all" },
      ],
    });
    assert.deepEqual(placesIn(pod), [["main", "/all"]]);
  });

  it("finds native sidecars, and the claims of generic ephemeral volumes", () => {
    const pod = aPod(
      { main: [] },
      {
        volumes: [{ name: "scratch", ephemeral: { volumeClaimTemplate: {} } }],
        initContainers: [
          { name: "setup", volumeMounts: [{ name: "scratch", mountPath: "/s" }] },
          {
            name: "side",
            restartPolicy: "Always",
            volumeMounts: [{ name: "scratch", mountPath: "/s" }],
          },
        ],
      },
    );
    const status = { initContainerStatuses: [{ name: "side", state: { running: {} } }] };
    assert.deepEqual(placesIn({ ...pod, status }, "db-0-scratch"), [["side", "/s"]]);
  });

  const reasons: readonly [pod: KubernetesObject, reason: string][] = [
    [
      aPod({ main: [{ mountPath: "/a", subPath: "a" }] }),
      "main of pod db-0 mounts only a part of it (subPath)",
    ],
    [
      aPod({ main: [{ mountPath: "/a" }] }, { stopped: ["main"] }),
      "main of pod db-0 is not running",
    ],
    [aPod({ main: [] }), "no container of pod db-0 mounts it"],
    [aPod({ main: [] }, { volumes: [] }), "pod db-0 does not have it as a volume"],
    [{ metadata: { name: "db-0" } }, "pod db-0 does not have it as a volume"],
    [
      { metadata: { name: "db-0" }, spec: { volumes: "?", containers: 7 } },
      "pod db-0 does not have it as a volume",
    ],
  ];
  for (const [pod, reason] of reasons) {
    it(`says why there is none: ${reason}`, () => assert.equal(placesIn(pod), reason));
  }
});
