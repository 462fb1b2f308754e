import type { KubernetesObject } from "../../cluster/cluster.ts";
import { type Fields, fieldsAt, listIn } from "../object-fields.ts";

/** root: may read everything, with no other right. source: as the pod that uses the volume, where root is refused. */
export type HelperUser = "root" | "source";

/** "nobody", when it is not known as whom the source runs: the image decides there. */
const NOBODY = 65_534;

export type HelperSecurity = { readonly pod: Fields; readonly container: Fields };

/** Fits Pod Security "baseline" as root, and "restricted" as the source's user. */
export function helperSecurity(
  source: KubernetesObject | undefined,
  user: HelperUser,
): HelperSecurity {
  const seccompProfile = { type: "RuntimeDefault" };
  const own = fieldsAt(source ?? noFields, "spec", "securityContext");
  const seLinux =
    own["seLinuxOptions"] === undefined ? {} : { seLinuxOptions: own["seLinuxOptions"] };
  const identity = user === "root" ? { runAsUser: 0, runAsGroup: 0 } : sourceIdentity(source, own);
  return {
    pod: { ...identity, ...seLinux, seccompProfile },
    container: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      // Without it root is refused what belongs to others.
      capabilities: { drop: ["ALL"], ...(user === "root" && { add: ["DAC_OVERRIDE"] }) },
    },
  };
}

const noFields: Fields = {};

function sourceIdentity(source: KubernetesObject | undefined, own: Fields): Fields {
  const containers = listIn(fieldsAt(source ?? noFields, "spec"), "containers").map((container) =>
    fieldsAt(container, "securityContext"),
  );
  const candidates = [...containers, own];
  const runAsUser = firstId(candidates, "runAsUser") ?? NOBODY;
  const runAsGroup = firstId(candidates, "runAsGroup");
  const fsGroup = firstId([own], "fsGroup");
  return {
    runAsNonRoot: true,
    runAsUser,
    ...(runAsGroup !== undefined && { runAsGroup }),
    // The volume already belongs to this group, unless it never was mounted by the source.
    ...(fsGroup !== undefined && { fsGroup, fsGroupChangePolicy: "OnRootMismatch" }),
    ...(Array.isArray(own["supplementalGroups"]) && {
      supplementalGroups: own["supplementalGroups"],
    }),
  };
}

/** The first id that is not root's. */
function firstId(contexts: readonly Fields[], key: string): number | undefined {
  return contexts
    .map((context) => context[key])
    .find((id): id is number => typeof id === "number" && id > 0);
}

/** Whether a pod was refused for what it may do, and not for a missing permission or a quota. */
export function isSecurityRefusal(message: string): boolean {
  return /PodSecurity|security context constraint|runAsUser|runAsNonRoot|must not (?:run as|set).*root|allowedCapabilities|capabilit/i.test(
    message,
  );
}
