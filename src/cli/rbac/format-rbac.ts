import { dump } from "js-yaml";
import { formatStructured } from "../print/structured.ts";
import type { RbacPart } from "./rbac-objects.ts";

/** Deeper than this a list stands on one line: the words of a rule. */
const FLOW_LEVEL = 3;

/** As `kubectl apply -f -` takes it: documents of YAML with their comments, or a List. */
export function formatRbac(parts: readonly RbacPart[], form: "json" | "yaml"): string {
  if (form === "json") {
    const items = parts.flatMap(({ objects }) => objects);
    return formatStructured({ apiVersion: "v1", kind: "List", items }, "json");
  }
  return parts.flatMap(toDocuments).join("---\n");
}

function toDocuments({ comment, objects }: RbacPart): string[] {
  const above = comment.map((line) => `# ${line}\n`).join("");
  const options = { lineWidth: -1, noRefs: true, flowLevel: FLOW_LEVEL };
  return objects.map((object, index) => `${index === 0 ? above : ""}${dump(object, options)}`);
}
