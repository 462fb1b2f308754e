import type { RawObject } from "../../cluster/cluster.ts";
import { parseRawObject } from "../../cluster/raw-object.ts";
import { patchObjectAt } from "../../hooks/edit-hooks.ts";
import { asRecord } from "../../hooks/hook-target.ts";
import type { CliContext } from "../cli-context.ts";
import { formatStructured } from "../print/structured.ts";
import type { PlannedChange } from "./hooks-change.ts";
import type { DryRun } from "./hooks-flags.ts";

export type ChangeOutput = "json" | "yaml" | "name";

export type ChangePrinter = {
  /** @param written the object as the server has it now; undefined when nothing was sent */
  print(plan: PlannedChange, written: RawObject | undefined): void;
  /** Objects (`-o json|yaml`) are printed here: one bare, several as a List. */
  end(): void;
};

const DRY_RUN_MARKS: Readonly<Record<DryRun, string>> = {
  none: "",
  client: " (dry run)",
  server: " (server dry run)",
};

/** Prints what became of each target, in kubectl's words. */
export function createChangePrinter(
  options: {
    readonly output: ChangeOutput | undefined;
    readonly dryRun: DryRun;
    readonly done: string;
  },
  { stdout }: CliContext,
): ChangePrinter {
  const { output, dryRun, done } = options;
  const objects: unknown[] = [];
  return {
    print(plan, written) {
      const { label } = plan.target;
      if (output === "json" || output === "yaml") objects.push(objectOf(plan, written));
      else if (output === "name") stdout.write(`${label}\n`);
      else {
        stdout.write(`${label} ${plan.isChange ? done : "not changed"}${DRY_RUN_MARKS[dryRun]}\n`);
      }
    },
    end() {
      if (objects.length === 0 || (output !== "json" && output !== "yaml")) return;
      const list = { apiVersion: "v1", kind: "List", items: objects };
      stdout.write(formatStructured(objects.length === 1 ? objects[0] : list, output));
    },
  };
}

function objectOf({ target, patch }: PlannedChange, written: RawObject | undefined): unknown {
  const object = parseRawObject(written ?? target.object);
  const { metadata, ...rest } = written ? object : patchObjectAt(object, target.path, patch);
  // As kubectl, which shows them on demand only.
  const { managedFields: _, ...shown } = asRecord(metadata);
  const { apiVersion, kind, ...fields } = rest;
  return { apiVersion, kind, metadata: shown, ...fields };
}
