import { groupResourceOf } from "../../src/cluster/group-resource.ts";
import { MemoryCluster } from "./memory-cluster.ts";

/** A MemoryCluster that notes what is read: "list pods in shop with app=db", "get namespaces shop". */
export class RecordingCluster extends MemoryCluster {
  readonly reads: string[] = [];

  override list(...call: Parameters<MemoryCluster["list"]>): ReturnType<MemoryCluster["list"]> {
    const [resource, { namespace, labelSelector }] = call;
    const where = namespace === undefined ? "" : ` in ${namespace}`;
    const which = labelSelector === undefined ? "" : ` with ${labelSelector}`;
    this.reads.push(`list ${groupResourceOf(resource)}${where}${which}`);
    return super.list(...call);
  }

  override get(...call: Parameters<MemoryCluster["get"]>): ReturnType<MemoryCluster["get"]> {
    const [resource, { namespace, name }] = call;
    this.reads.push(`get ${groupResourceOf(resource)} ${namespace ? `${namespace}/` : ""}${name}`);
    return super.get(...call);
  }

  /** The reads of one kind. */
  readsOf(groupResource: string): string[] {
    return this.reads.filter((read) => read.split(" ")[1] === groupResource);
  }
}
