import { endProcessScript } from "./end-process-script.ts";
import type { ExecHook } from "./hook.ts";

/**
 * What the client says to its guard, a line each; whatever comes is a sign of life.
 * - calm: the pre hooks are over, none of them can freeze anything any more.
 * - thawing: the client runs the post hooks, so `maxFreezeSeconds` does not count any more.
 * - dismiss: the pod is thawed. thaw: the client could not thaw it, the guard shall.
 */
export const GUARD_WORDS = {
  heartbeat: ".",
  calm: "calm",
  thawing: "thawing",
  dismiss: "dismiss",
  thaw: "thaw",
} as const;

/** What a guard says when it is on its post. */
export const GUARD_READY = "ready";

/** How a guard ended, as its exit code says it. */
export const GUARD_EXIT = { dismissed: 0, thawed: 10, thawFailed: 11, unfit: 12 } as const;

export type GuardTask = {
  /** Post hooks of one container, in order. */
  readonly hooks: readonly ExecHook[];
  /** Commands of the pod's pre hooks in the same container. */
  readonly preCommands: readonly (readonly string[])[];
  /** Whether these are all of the pod's pre hooks. */
  readonly seesAllPre: boolean;
  /** Whole seconds without a word after which the client counts as gone. */
  readonly silenceSeconds: number;
  /** Whole seconds after which the pod is thawed whatever the client says. */
  readonly maxFreezeSeconds: number;
};

/** The guard's script comes through stdin, in as many lines as its argument says: the address of a request is no place for it. */
const bootScript = `ark_n=$1 ark_s=
while [ $ark_n -gt 0 ]; do IFS= read -r ark_l || exit ${GUARD_EXIT.unfit}
ark_s="$ark_s$ark_l
" ark_n=$((ark_n - 1)); done
eval "$ark_s"`;

/** The words to exec, and what must be the first thing on its stdin. */
export function guardCommand(task: GuardTask): {
  readonly command: readonly string[];
  readonly stdin: string;
} {
  const script = guardScript(task);
  const lineCount = String(script.split("\n").length);
  return {
    command: ["sh", "-c", bootScript, "kubectl-ark-guard", lineCount],
    stdin: `${script}\n`,
  };
}

/**
 * The guard: a POSIX sh script that runs in the container of a pod's post hooks while the pod is quiesced, and runs
 * them itself when the client is gone. It needs `sh` and `sleep`, writes no file (the file system may be frozen), and
 * works in busybox ash, dash and bash: the main shell only waits, since a trap runs at once in `wait` but not in `read`;
 * a reader in the background turns lines into signals.
 * - stdin ends without the word `dismiss`: the client was killed, or the connection was cut.
 * - no line for `silenceSeconds`: the network went away in silence, or the client sleeps.
 * - `maxFreezeSeconds` are over.
 * Each of these runs the post hooks, once, each within its own time-out; then the guard ends. Nothing of it is left
 * behind. A pre hook that may still be running is ended first: it would freeze what was just thawed.
 * Signals are caught, never ignored, because the hooks would inherit that; its variables have a prefix, because the
 * container's environment may have any other name. What is killed by KILL has not set its own traps yet, perhaps.
 */
function guardScript(task: GuardTask): string {
  const { hooks, preCommands, seesAllPre } = task;
  return [
    ...hooks.map(({ command }, index) => `ark_hook${index}() { exec ${quote(command)}; }`),
    prologue,
    `ark_quiet=${task.silenceSeconds} ark_longest=${task.maxFreezeSeconds}`,
    watch,
    `ark_by_name=1\nark_end_process() {\n${endProcessScript}\n}`,
    `ark_look() {\n:\n${preCommands.map((command) => endPreHook(command, seesAllPre)).join("\n")}\n}`,
    lookForPre,
    ...hooks.map(({ timeoutMs }, index) => `ark_run ark_hook${index} ${toSeconds(timeoutMs)}`),
    epilogue,
  ].join("\n");
}

/** Only one of them can be running: where that one was ended, nothing freezes any more. */
function endPreHook(command: readonly string[], seesAllPre: boolean): string {
  const found = `ark_found=1${seesAllPre ? " ark_sure=sure" : ""}`;
  return `case $(ark_end_process 0 ${quote(command)} 2>/dev/null) in ended* | killed*) ${found} ;; esac`;
}

const toSeconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));

/** Words as sh reads them back, whatever is in them. */
function quote(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
}

const prologue = `
# Without it every tick would seem to be over at once.
sleep 0 || exit ${GUARD_EXIT.unfit}
ark_end= ark_sure= ark_silent=0 ark_total=0 ark_code=${GUARD_EXIT.thawed}
# Nobody reading what we say is no reason to end.
trap : PIPE
trap 'ark_end=dismissed' USR1
trap 'ark_end=lost' USR2
trap 'ark_end=told' TERM
trap 'ark_silent=0' ALRM
trap 'ark_silent=0 ark_sure=sure' HUP
trap 'ark_silent=0 ark_sure=sure ark_longest=999999999' INT
# ark_insist SIGNAL: until it is heard, and we are killed: of signals that come together bash loses some. The sleep is
# over within a second.
ark_insist() {
  while kill -$1 $$; do sleep 1; done
}
# A job in the background has /dev/null for its stdin: it reads ours through 3.
exec 3<&0 </dev/null
(
  while IFS= read -r ark_word <&3; do
    case $ark_word in
      ${GUARD_WORDS.dismiss}) ark_insist USR1; exit ;;
      ${GUARD_WORDS.thaw}) ark_insist TERM; exit ;;
      ${GUARD_WORDS.calm}) kill -HUP $$ ;;
      ${GUARD_WORDS.thawing}) kill -INT $$ ;;
      *) kill -ALRM $$ ;;
    esac
  done
  ark_insist USR2
) >/dev/null 2>&1 &
ark_reader=$!
exec 3<&-
# ark_tick VARIABLE: a second, or less where a trap sets the variable. A signal that comes between a test and its wait
# is seen a second later at the latest.
ark_tick() {
  sleep 1 >/dev/null 2>&1 &
  ark_nap=$!
  while eval "[ -z \\"\\$$1\\" ]"; do
    wait $ark_nap
    [ $? -gt 128 ] && kill -0 $ark_nap || return
  done
  ark_kill $ark_nap
} 2>/dev/null
ark_kill() {
  kill -9 $1
  wait $1
} 2>/dev/null
# ark_family PID: its descendants, to ark_all.
ark_family() {
  ark_all=" $1 " ark_more=1
  while [ -n "$ark_more" ]; do
    ark_more=
    for ark_pid in /proc/[0-9]*; do
      ark_pid=\${ark_pid#/proc/}
      case $ark_all in *" $ark_pid "*) continue ;; esac
      { IFS= read -r ark_stat </proc/$ark_pid/stat; } 2>/dev/null || continue
      ark_stat=\${ark_stat##*) }
      ark_stat=\${ark_stat#* }
      case $ark_all in *" \${ark_stat%% *} "*) ark_all="$ark_all$ark_pid " ark_more=1 ;; esac
    done
  done
  ark_all=\${ark_all#" $1 "}
}
# ark_ended SECONDS: waits until the hook has ended.
ark_ended() {
  ark_left=$1
  while [ -z "$ark_done" ] && [ $ark_left -gt 0 ]; do
    ark_tick ark_done
    ark_left=$((ark_left - 1))
  done
  [ -n "$ark_done" ]
}
# ark_run FUNCTION SECONDS: a post hook within its time-out.
ark_run() {
  ark_done=
  (
    if ( $1 ); then ark_insist USR1; else ark_insist USR2; fi
  ) >/dev/null 2>&1 &
  ark_hook=$!
  if ! ark_ended $2; then
    ark_family $ark_hook
    kill $ark_all
    if ! ark_ended 2; then
      ark_family $ark_hook
      kill -9 $ark_all
    fi
    ark_done=failed
  fi 2>/dev/null
  ark_kill $ark_hook
  [ $ark_done = well ] || ark_code=${GUARD_EXIT.thawFailed}
}
echo ${GUARD_READY}`;

const watch = `
while [ -z "$ark_end" ]; do
  ark_tick ark_end
  ark_silent=$((ark_silent + 1)) ark_total=$((ark_total + 1))
  if [ -n "$ark_end" ]; then break; fi
  if [ $ark_silent -ge $ark_quiet ]; then ark_end=silent; fi
  if [ $ark_total -ge $ark_longest ]; then ark_end=late; fi
done
# It is decided now: what comes later changes nothing.
trap : TERM ALRM HUP INT
trap 'ark_done=well' USR1
trap 'ark_done=failed' USR2
ark_kill $ark_reader
if [ $ark_end = dismissed ]; then exit ${GUARD_EXIT.dismissed}; fi`;

// The client may have died right after it asked for a pre hook, which then starts a moment later.
const lookForPre = `
ark_found=$ark_sure ark_looks=3
while [ -z "$ark_found" ]; do
  ark_look
  ark_looks=$((ark_looks - 1))
  if [ -n "$ark_found" ] || [ $ark_looks = 0 ]; then break; fi
  ark_tick ark_found
done`;

const epilogue = `
echo "thawed $ark_end \${ark_sure:-unsure}"
exit $ark_code`;
