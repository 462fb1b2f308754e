import * as z from "zod";
import { parseStoredJson } from "./stored-json.ts";

const textMap = z.record(z.string(), z.string());

/** `velero-backup.json` of any tool that writes Velero's layout, read with as few demands as listing needs. */
const storedBackup = z.looseObject({
  apiVersion: z.string(),
  kind: z.literal("Backup"),
  metadata: z.looseObject({
    name: z.string(),
    labels: textMap.nullish(),
    annotations: textMap.nullish(),
    creationTimestamp: z.string().nullish(),
  }),
  spec: z.looseObject({}).nullish(),
  status: z
    .looseObject({
      phase: z.string().nullish(),
      startTimestamp: z.string().nullish(),
      completionTimestamp: z.string().nullish(),
      expiration: z.string().nullish(),
      errors: z.number().nullish(),
      warnings: z.number().nullish(),
      progress: z.looseObject({ itemsBackedUp: z.number().nullish() }).nullish(),
    })
    .nullish(),
});

export type StoredBackup = z.infer<typeof storedBackup>;

/** @throws ArkError ArchiveCorrupt with the path of what is wrong */
export function parseStoredBackup(text: string): StoredBackup {
  return parseStoredJson(storedBackup, text, "velero-backup.json");
}
