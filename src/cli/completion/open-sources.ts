import type { FreezeJournal } from "../../journal/freeze-journal.ts";
import type { BackupStore } from "../../store/backup-store.ts";
import type { CliContext } from "../cli-context.ts";
import type { OpenedNames } from "../compose.ts";
import { refusePipes } from "./refuse-pipes.ts";

/** Where values come from: opened, and only then loaded, when they are asked for. */
export type Sources = {
  /** Names of what the kubeconfig holds; the namespaces are those of its contexts. */
  kubeconfig(): Promise<KubeconfigNames>;
  cluster(): Promise<OpenedNames>;
  store(): Promise<BackupStore>;
  journal(): Promise<FreezeJournal>;
  close(): void;
};

export type KubeconfigNames = Readonly<
  Record<"contexts" | "clusters" | "users" | "namespaces", readonly string[]>
>;

/** @param given the flags of the line: --kubeconfig, --context, -n, --store and so on count */
export function openSources(
  given: Readonly<Record<string, unknown>>,
  context: CliContext,
): Sources {
  const store = typeof given["store"] === "string" ? given["store"] : undefined;
  let opened: OpenedNames | undefined;
  return {
    async kubeconfig() {
      await refusePipes(given["kubeconfig"], context);
      return (await import("../compose.ts")).readKubeconfigNames(given, context);
    },
    async cluster() {
      await refusePipes(given["kubeconfig"], context);
      return (opened = await (await import("../compose.ts")).openNames(given, context));
    },
    store: async () => (await import("../compose.ts")).openStore(store, context),
    journal: async () => (await import("../compose.ts")).openJournal(context),
    close: () => opened?.close(),
  };
}
