/** What a dump into a volume costs and gives, the same for every database. */
export const DUMP_LIMITS: readonly string[] = [
  "It needs free space on the volume: the dump is about as large as the data without its indexes (not compressed), and a new one is complete before it takes the place of the last one, so twice that.",
  "The file stays after the backup, and it is in the backup as far as the data of that volume is.",
];

/**
 * A script for `sh -c` that dumps a database into a file of a volume: `$1` is the directory, the values after it are the
 * dump's own. The file has its name only once it is whole and on the disk; what is not is removed, also what an earlier
 * run that was killed left behind.
 * @param setup lines that come first; they define a function `dump`, which writes to stdout
 * @param file name of the dump
 */
export function dumpScript(setup: readonly string[], file: string): string {
  return [
    "set -eu",
    "umask 077",
    "directory=$1",
    "shift",
    ...setup,
    // coreutils and newer busybox can sync one file; else all of them.
    'flush() { sync -- "$1" 2>/dev/null || sync; }',
    `target=$directory/${file}`,
    'for old in "$target".partial.*; do',
    '  if [ -e "$old" ] && ! kill -0 "${old##*.}" 2>/dev/null; then rm -f -- "$old"; fi',
    "done",
    "partial=$target.partial.$$",
    `trap 'rm -f -- "$partial"' EXIT`,
    "trap 'exit 1' HUP INT TERM",
    'dump "$@" >"$partial"',
    'flush "$partial"',
    'mv -f -- "$partial" "$target"',
    'flush "$directory"',
    'ls -l -- "$target"',
  ].join("\n");
}
