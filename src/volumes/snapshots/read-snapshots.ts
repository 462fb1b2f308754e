import type { Cluster, RawObject } from "../../cluster/cluster.ts";
import { forEachParallel } from "../../lib/bounded-parallel.ts";
import { hasCode } from "../../lib/errors.ts";
import { RUN_LABEL } from "../owned-labels.ts";
import type { SnapshotKinds } from "../snapshot-kinds.ts";

export type SnapshotName = { readonly namespace: string; readonly name: string };

/** The VolumeSnapshot, or why it could not be read. */
export type SnapshotReading = { readonly raw: RawObject } | { readonly error: unknown };

export type SnapshotReaderTools = {
  readonly cluster: Cluster;
  readonly kinds: SnapshotKinds;
  readonly runId: string;
};

/** A list brings those that are done as well, so it pays only for several. */
const LIST_FROM = 4;
const PARALLEL_READS = 16;

/** Reads several VolumeSnapshots of one run: one list for each namespace where there are many, single reads elsewhere. */
export class SnapshotReader {
  readonly #tools: SnapshotReaderTools;
  /** Namespaces in which lists are forbidden. */
  readonly #unlistable = new Set<string>();
  #areContentsForbidden = false;

  constructor(tools: SnapshotReaderTools) {
    this.#tools = tools;
  }

  /** @throws ArkError Cancelled */
  async read<Wanted extends SnapshotName>(
    wanted: readonly Wanted[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<Wanted, SnapshotReading>> {
    const readings = new Map<Wanted, SnapshotReading>();
    const unread: Wanted[] = [];
    for (const [namespace, some] of Map.groupBy(wanted, (each) => each.namespace)) {
      const found = await this.#listed(namespace, some.length, signal);
      for (const each of some) {
        const raw = found.get(each.name);
        if (raw === undefined) unread.push(each);
        else readings.set(each, { raw });
      }
    }
    const readOne = async (each: Wanted): Promise<void> => {
      readings.set(each, await this.#get(each, signal));
    };
    await forEachParallel(unread, PARALLEL_READS, readOne, signal);
    return readings;
  }

  /**
   * Reads the contents of VolumeSnapshots, which know of a cut sooner than these: the snapshot controller copies it over
   * when it comes to it. Nothing is found where they must not be read, and an error is no more than that.
   * @throws ArkError Cancelled
   */
  async readContents<Wanted extends { readonly contentName: string }>(
    wanted: readonly Wanted[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<Wanted, RawObject>> {
    const { cluster, kinds } = this.#tools;
    const found = new Map<Wanted, RawObject>();
    const readOne = async (each: Wanted): Promise<void> => {
      if (this.#areContentsForbidden) return;
      try {
        found.set(each, await cluster.get(kinds.contents, { name: each.contentName }, signal));
      } catch (error) {
        this.#areContentsForbidden ||= hasCode(error, "Forbidden");
      }
    };
    await forEachParallel(wanted, PARALLEL_READS, readOne, signal);
    return found;
  }

  /** What a list has found; nothing where lists are forbidden, fail, or are not worth it. */
  async #listed(
    namespace: string,
    count: number,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, RawObject>> {
    const { cluster, kinds, runId } = this.#tools;
    const found = new Map<string, RawObject>();
    if (count < LIST_FROM || this.#unlistable.has(namespace)) return found;
    const options = { namespace, labelSelector: `${RUN_LABEL}=${runId}` };
    try {
      for await (const { items } of cluster.list(kinds.snapshots, options, signal)) {
        for (const raw of items) found.set(raw.metadata.name, raw);
      }
    } catch (error) {
      if (hasCode(error, "Forbidden")) this.#unlistable.add(namespace);
    }
    return found;
  }

  async #get({ namespace, name }: SnapshotName, signal: AbortSignal): Promise<SnapshotReading> {
    const { cluster, kinds } = this.#tools;
    try {
      return { raw: await cluster.get(kinds.snapshots, { namespace, name }, signal) };
    } catch (error) {
      return { error };
    }
  }
}
