import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BackupEvent } from "../../../src/backup/backup-events.ts";
import type { BackupSpecFields } from "../../../src/api/backup-schema.ts";
import type { ListPage } from "../../../src/cluster/cluster.ts";
import { hasCode } from "../../../src/lib/errors.ts";
import {
  aCluster,
  backupResources,
  hookAnnotations,
  takeBackup,
} from "../../support/backup-builders.ts";
import { claim, configMap, namespace, pod } from "../../support/builders.ts";
import { MemoryCluster } from "../../support/memory-cluster.ts";
import { temporaryDirectory } from "../../support/temporary-directory.ts";
import { createDirectoryStore } from "../../../src/store/directory/directory-store.ts";
import { RecordingCluster } from "../../support/recording-cluster.ts";
import { MemoryStore } from "../../support/memory-store.ts";

const never = new AbortController().signal;

function hooked(name: string) {
  const commands = { pre: `["freeze","${name}"]`, post: `["thaw","${name}"]` };
  return pod(`shop/${name}`, { claims: [name], annotations: hookAnnotations(commands) });
}

const objects = [
  namespace("shop"),
  configMap("shop/settings"),
  ...["a", "b", "c"].flatMap((name) => [hooked(name), claim(`shop/${name}`)]),
];

type Interruption = {
  readonly cluster: MemoryCluster;
  readonly controller: AbortController;
  readonly parallelism?: number;
  readonly spec?: BackupSpecFields;
  readonly observe?: (event: BackupEvent) => void;
};

/** Takes a backup that must end as Cancelled with nothing stored, and gives the commands that were begun. */
async function interrupted({
  cluster,
  controller,
  parallelism = 1,
  observe,
  spec = {},
}: Interruption) {
  const store = new MemoryStore();
  const { signal } = controller;
  const events: string[] = [];
  const taking = takeBackup({
    cluster,
    store,
    signal,
    spec,
    request: { parallelism },
    observe: (event) => {
      events.push(event.kind);
      // An interrupted hook is one; being interrupted is no finding about any object.
      if (event.kind === "finding")
        assert.match(event.finding.message, /^pre hook .*interrupted; the/);
      observe?.(event);
    },
  });
  await assert.rejects(taking, (error) => hasCode(error, "Cancelled"));
  assert.deepEqual(await store.list(never), []);
  assert.ok(!events.includes("publishing"));
  return cluster.execs.map(({ command }) => command.join(" "));
}

describe("an interrupted backup runs the post hooks, throws Cancelled and stores nothing", () => {
  it("during a pre hook", async () => {
    const [cluster, controller] = [aCluster({ objects }), new AbortController()];
    cluster.onExec = ({ command }) => {
      if (command[0] === "thaw") return { kind: "exited", exitCode: 0 };
      setImmediate(() => controller.abort());
      return new Promise(() => {});
    };
    assert.deepEqual(await interrupted({ cluster, controller }), ["freeze a", "thaw a"]);
  });

  it("during the pre hooks of several blocks", async () => {
    const [cluster, controller] = [aCluster({ objects }), new AbortController()];
    cluster.onExec = ({ command }) => {
      if (command[0] === "thaw") return { kind: "exited", exitCode: 0 };
      if (command[1] === "b") setImmediate(() => controller.abort());
      return new Promise(() => {});
    };
    const begun = await interrupted({ cluster, controller, parallelism: 2 });
    assert.deepEqual(begun.toSorted(), ["freeze a", "freeze b", "thaw a", "thaw b"]);
  });

  it("during the first pre hook of several pods on one claim: the others are not even looked at", async () => {
    const shared = ["a", "b"].map((name) =>
      pod(`shop/${name}`, {
        claims: ["data"],
        annotations: hookAnnotations({ pre: `["freeze","${name}"]`, post: `["thaw","${name}"]` }),
      }),
    );
    const controller = new AbortController();
    const cluster = new RecordingCluster({ objects: shared, resources: backupResources });
    cluster.onExec = ({ command }) => {
      if (command[0] === "freeze") controller.abort();
      return { kind: "exited", exitCode: 0 };
    };
    assert.deepEqual(await interrupted({ cluster, controller }), ["freeze a", "thaw a"]);
    assert.deepEqual(cluster.reads, ["list pods", "get pods shop/a"]);
  });

  it("while namespaces are fetched by name", async () => {
    const controller = new AbortController();
    const cluster = new CapturedCluster({
      objects: [namespace("shop")],
      resources: backupResources,
    });
    let isPlanned = false;
    cluster.onGet = () => isPlanned && controller.abort();
    const observe = (): void => void (isPlanned = true);
    const spec = { includedNamespaces: ["shop"] };
    await interrupted({ cluster, controller, observe, spec });
  });

  it("during the capture", async () => {
    const controller = new AbortController();
    const cluster = new CapturedCluster({ objects, resources: backupResources });
    cluster.onGet = ({ name }) => {
      if (name === "a" && cluster.execs.length === 1) controller.abort();
    };
    assert.deepEqual(await interrupted({ cluster, controller }), ["freeze a", "thaw a"]);
  });

  it("during a post hook, which goes on to its end, as do those after it", async () => {
    const [cluster, controller] = [aCluster({ objects }), new AbortController()];
    const ended: string[] = [];
    cluster.onExec = async ({ command }) => {
      if (command[0] === "thaw") controller.abort();
      await new Promise(setImmediate);
      ended.push(command.join(" "));
      return { kind: "exited", exitCode: 0 };
    };
    assert.deepEqual(await interrupted({ cluster, controller }), ["freeze a", "thaw a"]);
    assert.deepEqual(ended, ["freeze a", "thaw a"]);
  });

  it("between two blocks: the next one is not begun", async () => {
    const [cluster, controller] = [aCluster({ objects }), new AbortController()];
    const observe = (event: BackupEvent): void => {
      if (event.kind === "block-ended") controller.abort();
    };
    const begun = await interrupted({ cluster, controller, observe });
    assert.deepEqual(begun, ["freeze a", "thaw a"]);
  });

  it("during the list of pods: no hook is begun", async () => {
    const controller = new AbortController();
    const cluster = new ListedCluster({ objects, resources: backupResources, pageSize: 1 });
    cluster.onPage = (kind) => kind === "Pod" && controller.abort();
    assert.deepEqual(await interrupted({ cluster, controller }), []);
  });

  it("during the lists after the hooks: no hook runs twice", async () => {
    const controller = new AbortController();
    const cluster = new ListedCluster({ objects, resources: backupResources });
    cluster.onPage = (kind) => kind === "ConfigMap" && controller.abort();
    const begun = await interrupted({ cluster, controller });
    assert.equal(begun.length, 6);
  });

  it("before anything was asked of the cluster", async () => {
    const [cluster, controller] = [aCluster({ objects }), new AbortController()];
    controller.abort();
    assert.deepEqual(await interrupted({ cluster, controller }), []);
  });
});

for (const kind of ["hook-ended", "block-ended", "resource-started", "items-stored"] as const) {
  it(`is Cancelled in a directory too, whatever its half-written files come to (at ${kind})`, async () => {
    const root = temporaryDirectory();
    for (let round = 0; round < 5; round += 1) {
      const controller = new AbortController();
      const taking = takeBackup({
        objects,
        store: createDirectoryStore(root),
        signal: controller.signal,
        observe: (event) => event.kind === kind && controller.abort(),
      });
      await assert.rejects(taking, (error) => hasCode(error, "Cancelled"));
      assert.deepEqual(await createDirectoryStore(root).list(never), []);
    }
  });
}

it("an interruption while the backup is being sealed comes too late: it is whole and published", async () => {
  const [cluster, store, controller] = [
    aCluster({ objects }),
    new MemoryStore(),
    new AbortController(),
  ];
  const observe = (event: BackupEvent): void => {
    if (event.kind === "publishing") controller.abort();
  };
  const { report } = await takeBackup({ cluster, store, signal: controller.signal, observe });
  assert.equal(report.phase, "Completed");
  assert.deepEqual(await store.list(never), ["nightly"]);
});

class CapturedCluster extends MemoryCluster {
  onGet: (target: { readonly name: string }) => unknown = () => {};

  override async get(...call: Parameters<MemoryCluster["get"]>) {
    this.onGet(call[1]);
    return super.get(...call);
  }
}

class ListedCluster extends MemoryCluster {
  onPage: (kind: string) => unknown = () => {};

  override async *list(
    ...call: Parameters<MemoryCluster["list"]>
  ): AsyncGenerator<ListPage, void, undefined> {
    for await (const page of super.list(...call)) {
      this.onPage(call[0].kind);
      yield page;
    }
  }
}
