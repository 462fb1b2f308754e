import { groupResourceOf } from "../../cluster/group-resource.ts";
import { parseRawObject } from "../../cluster/raw-object.ts";
import { toPodView } from "../../hooks/pod-view.ts";
import type { BackupItemAction } from "./backup-item-action.ts";

/** A pod brings the claims that it mounts, in volume order (as Ark 0.8.1's backup-pod). */
export const podAction: BackupItemAction = {
  appliesTo: (resource) => groupResourceOf(resource) === "pods",
  async additionalItems({ raw }) {
    const { namespace, claims } = toPodView(parseRawObject(raw));
    return claims.map((name) => ({ groupResource: "persistentvolumeclaims", namespace, name }));
  },
};
