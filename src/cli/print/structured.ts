import { dump } from "js-yaml";

/** A value as `-o json` or `-o yaml` prints it. */
export function formatStructured(value: unknown, form: "json" | "yaml"): string {
  return form === "json"
    ? `${JSON.stringify(value, undefined, 4)}\n`
    : dump(JSON.parse(JSON.stringify(value)), { lineWidth: -1, noRefs: true });
}
