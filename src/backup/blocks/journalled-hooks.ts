import type { ExecHook } from "../../hooks/hook.ts";
import type { PodView } from "../../hooks/pod-view.ts";
import {
  includesCommands,
  type Freeze,
  type FreezeJournal,
  type JournalRun,
  type JournalRunFacts,
  type OpenEntry,
  type ThawCommand,
} from "../../journal/freeze-journal.ts";
import type { Clock } from "../../lib/clock.ts";
import { ArkError, messageOf, throwIfAborted } from "../../lib/errors.ts";
import type { Finding } from "../backup-report.ts";
import type { BackupRun } from "../backup-run.ts";
import type { PlannedPod } from "./group-items.ts";
import type { QuiescedPod } from "./run-pod-hooks.ts";
import { isNoted } from "./thaw-hint.ts";
import { warnAboutFrozen } from "./warn-about-frozen.ts";

/** A disk that takes longer (a network file system that hangs) is not waited for: pods may be frozen meanwhile. */
const LIMIT_MS = 10_000;

type NotedRun = Pick<BackupRun, "plan" | "cluster" | "clock" | "observe" | "report">;

/** What a backup tells the journal of freezes. */
export class FreezeNotes {
  readonly #run: NotedRun;
  readonly #journal: FreezeJournal;
  readonly #limited: Limited;
  readonly #ids = new Map<PlannedPod, string>();
  #leftFrozen: readonly OpenEntry[] = [];
  #notes: JournalRun | undefined;

  constructor(run: NotedRun, journal: FreezeJournal) {
    this.#run = run;
    this.#journal = journal;
    this.#limited = createLimit(run.clock, journal.location);
  }

  /** Warns about pods of this cluster that earlier runs may have left frozen. Never throws. */
  async warnAboutLeftFrozen(): Promise<void> {
    this.#leftFrozen = await warnAboutFrozen(this.#run, this.#limited(this.#journal.entries()));
  }

  /** Opens the journal if one of the pods will have to be noted. @throws ArkError JournalUnavailable, Cancelled */
  async open(pods: readonly PlannedPod[], signal: AbortSignal): Promise<void> {
    if (!pods.some(isNoted)) return;
    const opening = this.#journal.open(factsOf(this.#run));
    try {
      this.#notes = await this.#limited(opening, signal);
    } catch (error) {
      // One that opens after all, when nobody waits any more.
      void opening.then(
        (late) => late.close(),
        () => {},
      );
      throw error;
    }
  }

  /**
   * Notes a pod durably, before its first pre hook starts.
   * @throws ArkError JournalUnavailable, Cancelled: the pod must not be quiesced then
   */
  async freezing(pod: PlannedPod, signal: AbortSignal): Promise<void> {
    if (!isNoted(pod)) return;
    const notes = this.#notes;
    if (!notes) throw new ArkError("Internal", "the journal of freezes is not open");
    const freeze = toFreeze(pod, this.#run.clock.now());
    this.#ids.set(pod, await this.#limited(notes.freezing(freeze), signal));
  }

  /** Closes the notes of pods that were thawed, earlier runs' notes of them too; others stay open. Never throws. */
  async ended(pods: readonly QuiescedPod[]): Promise<void> {
    const closing = pods.map(async (entry) => {
      try {
        await this.#closeNote(entry);
      } catch (error) {
        this.#run.report.warn(notNoted(entry.pod.view, error));
      }
    });
    await Promise.all(closing);
  }

  /** Never throws. */
  async close(): Promise<void> {
    if (this.#notes) await this.#limited(this.#notes.close()).catch(() => {});
  }

  async #closeNote(entry: QuiescedPod): Promise<void> {
    const { pod, pre } = entry;
    const id = this.#ids.get(pod);
    const nothingBegun = pre !== undefined && !pre.anyStarted;
    if (id === undefined || !(nothingBegun || isThawed(entry))) return;
    if (this.#notes) await this.#limited(this.#notes.thawed(id));
    if (nothingBegun) return;
    const note = `thawed by backup ${this.#run.plan.request.name}`;
    for (const left of this.#leftFrozen.filter((open) => isUndoneBy(open, pod))) {
      await this.#limited(this.#journal.closeEntry(left.id, note));
    }
  }
}

function isThawed({ post, guards, guardReports }: QuiescedPod): boolean {
  if (post?.outcomes.every(({ status }) => status === "succeeded") === true) return true;
  // Where the post hooks failed, the guards have tried from inside the pod.
  const byGuards = guardReports.length > 0 && guardReports.every(({ state }) => state === "thawed");
  return byGuards || guards.hasThawed();
}

function factsOf({ plan, cluster: { identity }, clock }: NotedRun): JournalRunFacts {
  const { context, cluster, server, user } = identity;
  return {
    backup: plan.request.name,
    startedAt: clock.now(),
    context,
    cluster,
    server,
    user,
  };
}

function toFreeze({ view, hooks }: PlannedPod, frozenAt: Date): Freeze {
  const postHooks = hooks.post.map((hook) => toCommand(hook, view));
  return { namespace: view.namespace, pod: view.name, podUid: view.uid, frozenAt, postHooks };
}

/** Gives what an action gives, unless it takes too long or the signal aborts. */
type Limited = <T>(action: Promise<T>, signal?: AbortSignal) => Promise<T>;

function createLimit(clock: Clock, location: string): Limited {
  return async (action, signal) => {
    const done = new AbortController();
    const ending = signal ? AbortSignal.any([signal, done.signal]) : done.signal;
    const limit = clock.sleep(LIMIT_MS, ending).then((): never => {
      const message = `the journal of freezes ${location} did not answer within ${LIMIT_MS / 1000}s`;
      throw new ArkError("JournalUnavailable", message, {
        hint: "Set XDG_STATE_HOME to a directory on a disk of this machine.",
      });
    });
    // Whichever loses the race fails unseen.
    action.catch(() => {});
    limit.catch(() => {});
    try {
      return await Promise.race([action, limit]);
    } catch (error) {
      if (signal) throwIfAborted(signal);
      throw error;
    } finally {
      done.abort();
    }
  };
}

/** Whether the post hooks of the pod have undone what an earlier run had begun. */
function isUndoneBy(left: OpenEntry, { view, hooks }: PlannedPod): boolean {
  if (left.podUid !== view.uid || left.owner.state !== "gone") return false;
  const ran = hooks.post.map((hook) => toCommand(hook, view));
  return includesCommands(ran, left.postHooks);
}

function notNoted({ namespace, name }: PodView, error: unknown): Finding {
  return {
    message: `the pod was thawed, but the journal could not be told: ${messageOf(error)}`,
    groupResource: "pods",
    namespace,
    name,
    hint: `kubectl ark hooks thaw will list it: kubectl ark hooks thaw --forget ${namespace}/${name}`,
  };
}

function toCommand(hook: ExecHook, pod: PodView): ThawCommand {
  const { name, source, command, timeoutMs } = hook;
  const container = hook.container === "" ? (pod.containers[0]?.name ?? "") : hook.container;
  return { name, source, container, command, timeoutMs };
}
