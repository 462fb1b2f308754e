import { ArkError } from "../../src/lib/errors.ts";
import type { ObjectName } from "../../src/cluster/cluster.ts";
import { groupResourceOf } from "../../src/cluster/group-resource.ts";
import { VOLUME_SNAPSHOT_CONTENTS, VOLUME_SNAPSHOTS } from "../../src/volumes/snapshot-kinds.ts";
import type { FakeClock } from "./fake-clock.ts";
import { MemoryCluster, type MemoryClusterOptions } from "./memory-cluster.ts";
import {
  claimOf,
  dying,
  newContent,
  pathOf,
  policyOf,
  scriptDefaults,
  type SnapshotScript,
  statusOf,
} from "./memory-snapshot-objects.ts";

type Timed = { readonly script: SnapshotScript; readonly createdMs: number; seenMs: number };
type Call = { readonly verb: string; readonly groupResource: string; readonly target: string };

/** A MemoryCluster with a snapshot controller and a CSI driver, which do as the script of each claim says. */
export class SnapshotCluster extends MemoryCluster {
  readonly clock: FakeClock;
  /** By name of the claim; "*" is for all others. */
  readonly scripts: Record<string, SnapshotScript>;
  /** Handles of the snapshots that the storage holds. */
  readonly storage = new Set<string>();
  /** What was asked, in order: "create volumesnapshots.snapshot.storage.k8s.io shop/ark-data-…". */
  readonly calls: string[] = [];
  /** How many creations are carried out without an answer. */
  answersToLose = 0;
  readonly #timed = new Map<string, Timed>();
  readonly #removals: { readonly dueMs: number; readonly remove: () => void }[] = [];

  constructor(
    clock: FakeClock,
    scripts: Record<string, SnapshotScript> = {},
    options: MemoryClusterOptions = {},
  ) {
    super(options);
    this.clock = clock;
    this.scripts = scripts;
  }

  /** The VolumeSnapshots, or the contents, that are there now. */
  async names(groupResource: string): Promise<string[]> {
    this.#work();
    const never = new AbortController().signal;
    const names: string[] = [];
    for await (const { items } of super.list(this.resource(groupResource), {}, never)) {
      names.push(...items.map(({ metadata }) => metadata.name));
    }
    return names;
  }

  override list(...call: Parameters<MemoryCluster["list"]>): ReturnType<MemoryCluster["list"]> {
    const [resource, { namespace = "*" }] = call;
    this.#note({ verb: "list", groupResource: groupResourceOf(resource), target: namespace });
    return super.list(...call);
  }

  override async get(...call: Parameters<MemoryCluster["get"]>): ReturnType<MemoryCluster["get"]> {
    const [resource, target] = call;
    this.#note({ verb: "get", groupResource: groupResourceOf(resource), target: pathOf(target) });
    return super.get(...call);
  }

  override async patch(
    ...call: Parameters<MemoryCluster["patch"]>
  ): ReturnType<MemoryCluster["patch"]> {
    const [{ resource, target }] = call;
    this.#note({ verb: "patch", groupResource: groupResourceOf(resource), target: pathOf(target) });
    const raw = await super.patch(...call);
    const isForgetful = this.scripts["*"]?.forgetful === true;
    if (isForgetful && raw.metadata.deletionTimestamp !== undefined) this.#endRemovals();
    return raw;
  }

  override async create(
    ...call: Parameters<MemoryCluster["create"]>
  ): ReturnType<MemoryCluster["create"]> {
    const [resource, { metadata }] = call;
    const groupResource = groupResourceOf(resource);
    this.#note({ verb: "create", groupResource, target: pathOf(metadata) });
    const raw = await super.create(...call);
    if (groupResource === VOLUME_SNAPSHOTS) {
      const stored = this.find(groupResource, metadata.name, metadata.namespace);
      const script = this.scripts[claimOf(stored)] ?? this.scripts["*"] ?? {};
      this.#timed.set(pathOf(metadata), {
        script,
        createdMs: this.clock.monotonicMs(),
        seenMs: -1,
      });
    }
    if (this.answersToLose-- > 0) throw new ArkError("ClusterUnreachable", "connection reset");
    return raw;
  }

  override async delete(
    ...call: Parameters<MemoryCluster["delete"]>
  ): ReturnType<MemoryCluster["delete"]> {
    const [resource, target, signal] = call;
    const groupResource = groupResourceOf(resource);
    this.#note({ verb: "delete", groupResource, target: pathOf(target) });
    const found = this.find(groupResource, target.name, target.namespace);
    await super.delete(resource, target, signal);
    // Finalizers hold it until controller and driver have done their part.
    if (found !== undefined) this.add(found);
    if (groupResource === VOLUME_SNAPSHOTS) this.#deleteSnapshot(target);
    else if (groupResource === VOLUME_SNAPSHOT_CONTENTS) this.#deleteContent(target.name);
    else await super.delete(resource, target, signal);
  }

  #note({ verb, groupResource, target }: Call): void {
    this.calls.push(`${verb} ${groupResource} ${target}`);
    this.#work();
  }

  /** Whatever controllers and driver have done until now. */
  #work(): void {
    const nowMs = this.clock.monotonicMs();
    for (const [path, timed] of this.#timed) {
      if (timed.seenMs !== nowMs) this.#workOn(path, timed);
      timed.seenMs = nowMs;
    }
    this.#endRemovals(nowMs);
  }

  #endRemovals(untilMs = Infinity): void {
    for (const removal of this.#removals.splice(0)) {
      if (removal.dueMs <= untilMs) removal.remove();
      else this.#removals.push(removal);
    }
  }

  #workOn(path: string, { script, createdMs }: Timed): void {
    const [namespace = "", name = ""] = path.split("/");
    const snapshot = this.find(VOLUME_SNAPSHOTS, name, namespace);
    const elapsedMs = this.clock.monotonicMs() - createdMs;
    const { takenUpMs, lagMs } = { ...scriptDefaults, ...script };
    if (snapshot === undefined || elapsedMs < takenUpMs) return;
    const contentName = `snapcontent-${snapshot.metadata.uid}`;
    const content =
      this.find(VOLUME_SNAPSHOT_CONTENTS, contentName) ?? newContent(snapshot, script);
    const isCut = elapsedMs >= (script.cutMs ?? scriptDefaults.cutMs);
    if (isCut) this.storage.add(`snapshot-${snapshot.metadata.uid}`);
    const contentStatus =
      "contentStatus" in script
        ? script.contentStatus
        : statusOf(script, elapsedMs, "content", snapshot);
    this.add({ ...content, status: contentStatus });
    if (elapsedMs < takenUpMs + lagMs) return;
    const own =
      "status" in script
        ? script.status
        : statusOf(script, elapsedMs - lagMs, "snapshot", snapshot);
    this.add({ ...snapshot, status: own });
  }

  #deleteSnapshot({ namespace, name }: ObjectName): void {
    const snapshot = this.find(VOLUME_SNAPSHOTS, name, namespace);
    if (snapshot === undefined) return;
    const contentName = `snapcontent-${snapshot.metadata.uid}`;
    const content = this.find(VOLUME_SNAPSHOT_CONTENTS, contentName);
    const remove = (): void => this.#remove(VOLUME_SNAPSHOTS, { namespace, name });
    if (content === undefined || policyOf(content) === "Retain") return remove();
    this.add(dying(snapshot));
    this.#deleteContent(contentName, remove);
  }

  #deleteContent(name: string, andThen = (): void => {}): void {
    const content = this.find(VOLUME_SNAPSHOT_CONTENTS, name);
    if (content === undefined) return;
    this.add(dying(content));
    const { removalMs } = { ...scriptDefaults, ...this.scripts["*"] };
    const remove = (): void => {
      if (policyOf(content) === "Delete")
        this.storage.delete(name.replace("snapcontent", "snapshot"));
      this.#remove(VOLUME_SNAPSHOT_CONTENTS, { name });
      andThen();
    };
    this.#removals.push({ dueMs: this.clock.monotonicMs() + removalMs, remove });
  }

  #remove(groupResource: string, target: ObjectName): void {
    if (groupResource === VOLUME_SNAPSHOTS) this.#timed.delete(pathOf(target));
    void super.delete(this.resource(groupResource), target, new AbortController().signal);
  }
}
