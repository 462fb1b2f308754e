import type { KubernetesObject, ObjectName } from "../../src/cluster/cluster.ts";
import { groupResourceOf } from "../../src/cluster/group-resource.ts";
import {
  VOLUME_GROUP_SNAPSHOT_CONTENTS,
  VOLUME_GROUP_SNAPSHOTS,
} from "../../src/volumes/groups/group-kinds.ts";
import { fieldsAt, pairsIn, textIn, textsIn } from "../../src/volumes/object-fields.ts";
import { VOLUME_SNAPSHOTS } from "../../src/volumes/snapshot-kinds.ts";
import { object } from "./builders.ts";
import { defaultResources, resourceType } from "./fake-api-server/resource-types.ts";
import type { FakeClock } from "./fake-clock.ts";
import type { MemoryCluster } from "./memory-cluster.ts";
import { SnapshotCluster } from "./memory-snapshot-controller.ts";
import { dying, newContent } from "./memory-snapshot-objects.ts";

export const GROUP_API = "groupsnapshot.storage.k8s.io/v1beta1";
export const IN_GROUP = "snapshot.storage.kubernetes.io/volumesnapshot-in-group-protection";

const groupResources = [
  resourceType(GROUP_API, "VolumeGroupSnapshot", "volumegroupsnapshots", { custom: true }),
  ...["VolumeGroupSnapshotContent", "VolumeGroupSnapshotClass"].map((kind) =>
    resourceType(
      GROUP_API,
      kind,
      kind === "VolumeGroupSnapshotClass"
        ? "volumegroupsnapshotclasses"
        : "volumegroupsnapshotcontents",
      { namespaced: false, custom: true },
    ),
  ),
];

export type GroupScript = {
  /** From its creation; default 300. */
  readonly cutMs?: number;
  /** How much later its members appear; default 100. */
  readonly lagMs?: number;
  readonly error?: string;
};

/** A SnapshotCluster with group snapshots, as the snapshot controller 8.x makes them. */
export class GroupCluster extends SnapshotCluster {
  readonly script: GroupScript;
  readonly #created = new Map<string, number>();

  constructor(clock: FakeClock, script: GroupScript = {}) {
    super(clock, {}, { resources: [...defaultResources, ...groupResources] });
    this.script = script;
  }

  override async create(
    ...call: Parameters<MemoryCluster["create"]>
  ): ReturnType<MemoryCluster["create"]> {
    const raw = await super.create(...call);
    if (groupResourceOf(call[0]) === VOLUME_GROUP_SNAPSHOTS) {
      this.#created.set(`${raw.metadata.namespace}/${raw.metadata.name}`, this.clock.monotonicMs());
    }
    return raw;
  }

  override async get(...call: Parameters<MemoryCluster["get"]>): ReturnType<MemoryCluster["get"]> {
    for (const [path, createdMs] of this.#created) this.#workOn(path, createdMs);
    return super.get(...call);
  }

  override async delete(
    ...call: Parameters<MemoryCluster["delete"]>
  ): ReturnType<MemoryCluster["delete"]> {
    const [resource, target] = call;
    const groupResource = groupResourceOf(resource);
    const found = this.find(groupResource, target.name, target.namespace);
    const isHeld =
      found !== undefined && textsIn(fieldsAt(found, "metadata"), "finalizers").includes(IN_GROUP);
    if (groupResource === VOLUME_SNAPSHOTS && isHeld) {
      this.add(dying(found));
      return;
    }
    await super.delete(...call);
    if (groupResource === VOLUME_GROUP_SNAPSHOTS) await this.#endGroup(target, found);
  }

  #workOn(path: string, createdMs: number): void {
    const [namespace = "", name = ""] = path.split("/");
    const group = this.find(VOLUME_GROUP_SNAPSHOTS, name, namespace);
    const elapsedMs = this.clock.monotonicMs() - createdMs;
    const { cutMs = 300, lagMs = 100, error } = this.script;
    if (group === undefined || elapsedMs < cutMs) return;
    const contentName = `groupsnapcontent-${group.metadata.uid}`;
    const isCut = error === undefined;
    const status = isCut
      ? { creationTime: "2026-01-02T03:04:05Z", readyToUse: true }
      : { error: { message: error } };
    if (this.find(VOLUME_GROUP_SNAPSHOT_CONTENTS, contentName) === undefined) {
      const volumeGroupSnapshotRef = { namespace, name, uid: group.metadata.uid };
      const spec = { deletionPolicy: "Delete", volumeGroupSnapshotRef };
      this.add(object(GROUP_API, "VolumeGroupSnapshotContent", contentName, { spec }));
    }
    this.add({ ...group, status: { boundVolumeGroupSnapshotContentName: contentName, ...status } });
    if (isCut && elapsedMs >= cutMs + lagMs) {
      this.#created.delete(path);
      this.#makeMembers(group);
    }
  }

  #makeMembers(group: KubernetesObject): void {
    const { namespace = "", name, uid = "" } = group.metadata;
    const wanted = pairsIn(fieldsAt(group, "spec", "source", "selector"), "matchLabels");
    for (const claim of this.claimsIn(namespace)) {
      const labels = claim.metadata.labels ?? {};
      if (!Object.entries(wanted).every(([key, value]) => labels[key] === value)) continue;
      const owner = { apiVersion: GROUP_API, kind: "VolumeGroupSnapshot", name, uid };
      const path = `${namespace}/snapshot-of-${claim.metadata.name}-in-${name}`;
      const snapshot = object("snapshot.storage.k8s.io/v1", "VolumeSnapshot", path, {
        metadata: { ownerReferences: [owner], finalizers: [IN_GROUP, "other"] },
        spec: { source: { persistentVolumeClaimName: claim.metadata.name } },
      });
      this.add(snapshot);
      const stored = this.find(VOLUME_SNAPSHOTS, snapshot.metadata.name, namespace);
      if (stored !== undefined) this.#bind(stored);
    }
  }

  #bind(snapshot: KubernetesObject): void {
    const content = newContent(snapshot, {});
    const handle = `snapshot-${snapshot.metadata.uid}`;
    this.storage.add(handle);
    this.add({ ...content, status: { readyToUse: true, snapshotHandle: handle } });
    const boundVolumeSnapshotContentName = content.metadata.name;
    this.add({ ...snapshot, status: { readyToUse: true, boundVolumeSnapshotContentName } });
  }

  claimsIn(namespace: string): readonly KubernetesObject[] {
    return this.#claims.filter(({ metadata }) => metadata.namespace === namespace);
  }

  readonly #claims: KubernetesObject[] = [];

  /** Stores a claim with the label of a group. */
  addClaim(claim: KubernetesObject): void {
    this.#claims.push(claim);
    this.add(claim);
  }

  async #endGroup(
    { namespace = "" }: ObjectName,
    group: KubernetesObject | undefined,
  ): Promise<void> {
    if (group === undefined) return;
    const never = new AbortController().signal;
    const contentName = `groupsnapcontent-${group.metadata.uid}`;
    const content = this.find(VOLUME_GROUP_SNAPSHOT_CONTENTS, contentName);
    if (content && textIn(fieldsAt(content, "spec"), "deletionPolicy") === "Delete") {
      await super.delete(this.resource(VOLUME_GROUP_SNAPSHOT_CONTENTS), content.metadata, never);
    }
    for (const name of await this.names(VOLUME_SNAPSHOTS)) {
      const member = this.find(VOLUME_SNAPSHOTS, name, namespace);
      const isMember = member?.metadata.ownerReferences?.some(
        ({ uid }) => uid === group.metadata.uid,
      );
      if (isMember) await super.delete(this.resource(VOLUME_SNAPSHOTS), { namespace, name }, never);
    }
  }
}
