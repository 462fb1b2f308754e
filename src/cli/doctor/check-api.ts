import type { Discovery } from "../../cluster/cluster.ts";
import { plural } from "../print/quantities.ts";
import { judged, type Verdict, warn } from "./check.ts";

/** Whether every API group answers: the objects of one that does not are not in a backup. */
export function judgeApi({ resources, failures }: Discovery): Verdict {
  return judged(
    `${plural(resources.length, "kind")} of objects`,
    ...failures.map(({ groupVersion, message }) =>
      warn(
        `${groupVersion} does not answer, its objects are left out: ${message}`,
        "See: kubectl get apiservices",
      ),
    ),
  );
}
