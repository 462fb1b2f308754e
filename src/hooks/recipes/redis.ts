import { DEFINE_FIRST } from "./first-of-environment.ts";
import { checkPort, optionalParameter } from "./parameter.ts";
import type { Recipe } from "./recipe.ts";

// A save that was killed on purpose leaves the status as it was: the time of the last one tells.
const script = [
  "set -eu",
  DEFINE_FIRST,
  "password=$(first REDISCLI_AUTH REDIS_PASSWORD VALKEY_PASSWORD)",
  'if [ -n "$password" ]; then export REDISCLI_AUTH="$password"; fi',
  "program=$(command -v redis-cli || command -v valkey-cli)",
  "port=$1",
  'redis() { "$program" -p "$port" "$@"; }',
  'fail() { echo "$*" >&2; exit 1; }',
  "while :; do",
  "  started=$(redis TIME)",
  "  started=${started%%[!0-9]*}",
  '  if [ -z "$started" ]; then fail "TIME: $(redis TIME)"; fi',
  "  answer=$(redis BGSAVE)",
  "  case $answer in",
  '    *"saving started"*) break ;;',
  '    *"in progress"* | *"child process"*) sleep 1 ;;',
  '    *) fail "BGSAVE: $answer" ;;',
  "  esac",
  "done",
  "while :; do",
  "  info=$(redis INFO persistence)",
  "  case $info in",
  "    *rdb_bgsave_in_progress:0*) break ;;",
  "    *rdb_bgsave_in_progress:*) sleep 1 ;;",
  '    *) fail "INFO persistence: $info" ;;',
  "  esac",
  "done",
  "case $info in",
  '  *aof_enabled:1*) echo "appendonly is on: the server starts from its append-only file, not from dump.rdb" >&2 ;;',
  "esac",
  "saved=${info#*rdb_last_save_time:}",
  "saved=${saved%%[!0-9]*}",
  "case $info in",
  '  *rdb_last_bgsave_status:ok*) if [ "$saved" -ge "$started" ]; then echo "saved at $saved"; exit; fi ;;',
  "esac",
  'fail "the background save failed: see the log of the server"',
].join("\n");

export const redis: Recipe = {
  name: "redis",
  title: "Redis, Valkey (dump.rdb)",
  alsoKnownAs: ["valkey", "redis-cli", "keydb"],
  container: "The server's own container, or another of the pod with redis-cli.",
  programs: ["sh", "redis-cli or valkey-cli"],
  privileged: false,
  credentials:
    "$REDISCLI_AUTH, $REDIS_PASSWORD or $VALKEY_PASSWORD (or the file that …_FILE names) of the container.",
  parameters: [
    optionalParameter(
      { name: "port", meaning: "port of the server on localhost", example: "6379" },
      "6379",
      checkPort,
    ),
  ],
  hooks: {
    pre: {
      does: "BGSAVE, and wait for its end",
      command: ({ port = "" }) => ["sh", "-c", script, "kubectl-ark", port || "6379"],
      timeout: "10m",
      onError: "Fail",
    },
  },
  guarantees: [
    "dump.rdb on the disk holds every key that was written before the hook, as of one instant: the hook waits until the save that it started has ended well.",
    "The file is whole at every moment, since Redis puts a new one in its place in one step. Clients are not held back, and there is nothing to undo.",
  ],
  limits: [
    "What is written after the save began is not in dump.rdb.",
    "With appendonly yes, Redis starts from the append-only file and not from dump.rdb: capture the volume at one instant, with fsfreeze; up to a second of writes is missing then (appendfsync everysec).",
    "BGSAVE forks: the server may need up to twice its memory, and the volume space for a second dump.rdb.",
    "The directory of dump.rdb (CONFIG GET dir) must be on the volume.",
    "Servers that speak TLS only, or on a socket only, are not reached.",
  ],
  exampleTarget: "sts/redis -c redis",
};
