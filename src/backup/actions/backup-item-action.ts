import type { ApiResource, RawObject } from "../../cluster/cluster.ts";

/** An object that must come along with another one. */
export type ItemIdentifier = {
  readonly groupResource: string;
  /** Absent: cluster-scoped. */
  readonly namespace?: string | undefined;
  readonly name: string;
  /** What to do when there is none: "ignore" where the item only may exist. */
  readonly whenMissing?: "error" | "ignore";
};

/** Ark's BackupItemAction, as far as it names additional items. Actions see objects as they are stored and change nothing. */
export type BackupItemAction = {
  appliesTo(resource: ApiResource): boolean;
  additionalItems(
    item: { readonly resource: ApiResource; readonly raw: RawObject },
    signal: AbortSignal,
  ): Promise<readonly ItemIdentifier[]>;
};
