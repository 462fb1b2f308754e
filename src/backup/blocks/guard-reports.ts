import type { GuardEnd } from "../../hooks/guard.ts";
import type { GuardReport } from "../backup-report.ts";

/** Why a guard thawed that was told to. */
const TOLD = "it was told to";

const reasons: Readonly<Record<string, string>> = {
  told: TOLD,
  lost: "its connection ended",
  silent: "nothing was heard of this client",
  late: "max-freeze passed",
};

/** @param pod "namespace/name" */
export function reportGuard(pod: string, container: string, end: GuardEnd): GuardReport {
  const place = { pod, container };
  if (end.kind === "dismissed") return { ...place, state: "dismissed" };
  if (end.kind === "lost") return { ...place, state: "lost", reason: end.message };
  const reason = reasons[end.because] ?? end.because;
  if (!end.succeeded) return { ...place, state: "failed to thaw", reason };
  // What a pre hook freezes after the thaw stays frozen.
  if (!end.isSure && reason !== TOLD) {
    return { ...place, state: "lost", reason: `${reason}, and a pre hook may have frozen again` };
  }
  return { ...place, state: "thawed", reason };
}

/** Whether the pod may have been writable before the client meant it to be; one that was told to thaw did it afterwards. */
export function mayHaveThawedEarly({ state, reason }: GuardReport): boolean {
  return state !== "dismissed" && state !== "none" && reason !== TOLD;
}

export type GuardRemark = { readonly severity: "error" | "warning"; readonly message: string };

/**
 * What is to be said of a guard's end; nothing where all went as it should.
 * @param didPostFail whether the client has run the post hooks and one of them failed
 */
export function remarkOnGuard(
  { container, state, reason = "" }: GuardReport,
  didPostFail: boolean,
): GuardRemark | undefined {
  if (state === "dismissed" || state === "none") return undefined;
  const guard = `the guard in container ${container}`;
  if (reason === TOLD) {
    return state === "thawed"
      ? { severity: "warning", message: `${guard} ran the post hooks again and they succeeded` }
      : { severity: "error", message: `${guard} ran the post hooks again and they failed too` };
  }
  const notConsistent = "what was captured is not consistent";
  const afterwards = didPostFail
    ? "; the post hooks that failed may have found it thawed already"
    : "";
  const messages: Readonly<Record<typeof state, string>> = {
    thawed: `${guard} thawed the pod early (${reason}): ${notConsistent}${afterwards}`,
    "failed to thaw": `${guard} tried to thaw the pod early (${reason}) and failed: ${notConsistent}`,
    lost: `${guard} was lost (${reason}) and may have thawed the pod early: ${notConsistent}${afterwards}`,
  };
  return { severity: "error", message: messages[state] };
}
