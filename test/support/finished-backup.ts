import {
  hookAnnotations,
  type BackupSetup,
  takeBackup,
  type TakenBackup,
} from "./backup-builders.ts";
import { claim, configMap, namespace, object, pod, volume } from "./builders.ts";
import { FakeClock } from "./fake-clock.ts";

export const objects = [
  namespace("shop"),
  pod("shop/db", {
    claims: ["data"],
    annotations: hookAnnotations({ pre: "freeze", post: "bad" }),
  }),
  claim("shop/data", "pv-1"),
  volume("pv-1"),
  configMap("shop/c"),
  object("apps/v1", "Deployment", "shop/web"),
];

/** A backup with one error (a post hook) and one warning, that takes 90 seconds. */
export function finishedBackup(changes: BackupSetup = {}): Promise<TakenBackup> {
  const clock = new FakeClock("2026-11-24T05:30:56.789Z");
  return takeBackup({
    objects,
    clock,
    exec: async ({ command: [word], onStdout }) => {
      await onStdout?.(Buffer.from(`${word}ing\n`));
      if (word === "freeze") await clock.advance(1500);
      return { kind: "exited", exitCode: word === "bad" ? 3 : 0 };
    },
    ...changes,
    request: { warnings: ["a remark"], ...changes.request },
  });
}
