import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { KubernetesObject } from "../../../../src/cluster/cluster.ts";
import { copyBench, MemoryFile, type TarScript, tars } from "../../../support/copy-bench.ts";
import { aSnapshotPlan } from "../../../support/snapshot-builders.ts";
import { END_MARK, tarEntry } from "../../../support/tar-bytes.ts";

const plan = aSnapshotPlan("shop/data");
const archive = Buffer.concat([tarEntry("a", "x"), END_MARK]);
const never = new AbortController().signal;

function podWith(...names: readonly string[]): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace: "shop", name: "db-0" },
    spec: {
      volumes: [{ name: "v", persistentVolumeClaim: { claimName: "data" } }],
      containers: names.map((name) => ({
        name,
        volumeMounts: [{ name: "v", mountPath: `/in-${name}` }],
      })),
    },
    status: { containerStatuses: names.map((name) => ({ name, state: { running: {} } })) },
  };
}

function bench(scripts: Readonly<Record<string, TarScript>>) {
  const made = copyBench(async (request, signal) =>
    tars(scripts[request.container] ?? {})(request, signal),
  );
  const pod = podWith(...Object.keys(scripts));
  made.cluster.add(pod);
  const file = new MemoryFile();
  return { ...made, pod, file };
}

const noTar: TarScript = { stderr: "kubectl-ark: none\n", exitCode: 125 };

describe("copyFromPod", () => {
  it("copies in the container that mounts the claim, and makes nothing in the cluster", async () => {
    const { copies, cluster, pod, file } = bench({ main: { stdout: archive } });
    const outcome = await copies.copyFromPod({ plan, pod, write: file.write }, never);
    assert.equal(outcome.kind, "copied");
    assert.ok(file.content);
    assert.deepEqual(cluster.created, []);
    const [{ container, command } = {}] = cluster.execs;
    assert.deepEqual([container, command?.at(-1)], ["main", "/in-main"]);
  });

  it("goes on to the next container where there is no tar, and writes once", async () => {
    const { copies, cluster, pod, file } = bench({ main: noTar, side: { stdout: archive } });
    const outcome = await copies.copyFromPod({ plan, pod, write: file.write }, never);
    assert.equal(outcome.kind, "copied");
    assert.deepEqual(
      cluster.execs.map(({ container }) => container),
      ["main", "side"],
    );
    assert.equal(file.writes, 1);
  });

  it("does not try another container after a copy that failed", async () => {
    const { copies, cluster, pod, file } = bench({
      main: { exitCode: 9 },
      side: { stdout: archive },
    });
    const outcome = await copies.copyFromPod({ plan, pod, write: file.write }, never);
    assert.equal(outcome.kind, "failed");
    assert.equal(cluster.execs.length, 1);
  });

  it("is skipped, with what each container lacks, where none has a tar", async () => {
    const { copies, pod, file } = bench({ main: noTar, side: { stderr: "", exitCode: 127 } });
    const outcome = await copies.copyFromPod({ plan, pod, write: file.write }, never);
    assert.deepEqual(outcome, {
      kind: "skipped",
      reason:
        "there is no container to copy it in: container main of pod db-0: it has no tar; container side of pod db-0: it has no shell",
      hint: "Use an image with sh and tar, or a storage class whose driver makes snapshots.",
    });
    assert.equal(file.writes, 0);
  });

  it("is skipped for block volumes, without asking the pod", async () => {
    const { copies, cluster, pod, file } = bench({ main: { stdout: archive } });
    const block = { ...plan, volumeMode: "Block" as const };
    const outcome = await copies.copyFromPod({ plan: block, pod, write: file.write }, never);
    assert.equal(outcome.kind, "skipped");
    assert.match(outcome.kind === "skipped" ? outcome.reason : "", /volumeMode Block/);
    assert.equal(cluster.execs.length, 0);
  });

  it("leaves out what else is mounted below, and says so where tar cannot", async () => {
    const pod = podWith("main");
    const nested = { name: "t", mountPath: "/in-main/tmp" };
    const spec = {
      volumes: [{ name: "v", persistentVolumeClaim: { claimName: "data" } }],
      containers: [{ name: "main", volumeMounts: [{ name: "v", mountPath: "/in-main" }, nested] }],
    };
    const { copies, cluster, file } = bench({
      main: { stdout: archive, stderr: "kubectl-ark: busybox\n" },
    });
    const outcome = await copies.copyFromPod(
      { plan, pod: { ...pod, spec }, write: file.write },
      never,
    );
    assert.deepEqual(cluster.execs[0]?.command.slice(-2), ["/in-main", "one"]);
    assert.match(
      outcome.kind === "copied" ? (outcome.warnings[1] ?? "") : "",
      /also holds .*"\/in-main\/tmp"/,
    );
  });
});
