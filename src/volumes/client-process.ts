/**
 * PORT: who made an object in the cluster, so that the leftovers of a client that has died can be told from what a
 * backup under way has made.
 */
export type ClientProcess = {
  /** This process, as text for an annotation. */
  readonly self: string;
  /** unknown: on another host, or a text that cannot be read. */
  stateOf(client: string): "alive" | "gone" | "unknown";
};
