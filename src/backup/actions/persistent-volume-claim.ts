import type { KubernetesObject } from "../../cluster/cluster.ts";
import { groupResourceOf } from "../../cluster/group-resource.ts";
import { parseRawObject } from "../../cluster/raw-object.ts";
import type { BackupItemAction } from "./backup-item-action.ts";

type Claim = KubernetesObject & { readonly spec?: { readonly volumeName?: string } };

/** A claim brings the volume that it is bound to; an unbound one comes alone (as Ark since 0.8.2). */
export const persistentVolumeClaimAction: BackupItemAction = {
  appliesTo: (resource) => groupResourceOf(resource) === "persistentvolumeclaims",
  async additionalItems({ raw }) {
    const volume = parseRawObject<Claim>(raw).spec?.volumeName ?? "";
    return volume === "" ? [] : [{ groupResource: "persistentvolumes", name: volume }];
  },
};
