/** Dumps, checkpoints and saves: they leave the database as it was. */
const LEAVES_NOTHING =
  /\bCHECKPOINT\b|\bpg_dump(?:all)?\b|\b(?:mysql|mariadb-|mongo)dump\b|\betcdctl\b.*\bsnapshot save\b|\b(?:redis|valkey)\b[^]*\b(?:BG)?SAVE\b/i;
/** What holds something back, whatever else the command does. */
const HOLDS_BACK = /freeze|fsyncLock|\block\b|read_only|\b(?:pause|suspend|stop)\b/i;

/** Whether a pre hook is known to leave nothing behind that a post hook should undo, as far as its words tell. */
export function needsNoPostHook(command: readonly string[]): boolean {
  const text = command.join(" ");
  return LEAVES_NOTHING.test(text) && !HOLDS_BACK.test(text);
}
