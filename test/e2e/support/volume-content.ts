import type { TestNamespace } from "./cluster.ts";
import { bashIn } from "./pod-shell.ts";

/** What is hard to copy: $1 is the number of small files, in thousands. */
const fill = String.raw`
set -e
cd /data
perl -e '
  for my $d (1 .. shift) {
    mkdir "many-$d" or die;
    for my $f (1 .. 1000) {
      open my $file, ">", "many-$d/$f" or die;
      print $file "content $d $f\n" x ($f % 40);
    }
  }' "$1"
mkdir names; cd names
printf 1 >'with space'; printf 2 >$'new\nline'; printf 3 >$'\xff\xfe-not-utf8'; printf 4 >'quo"te'\''s'
printf 5 >'back\slash\n'; printf 6 >-dash; printf 7 >$'tab\tand\e[31mred'; printf 8 >' leading and trailing '
mkdir 'dir with  spaces '; printf 9 >'dir with  spaces /ü€𝄞'
printf 10 >"$(printf 'n%.0s' {1..255})"
deep=$(printf 'deep/%.0s' {1..120}); mkdir -p "$deep"; printf 11 >"$deep/file"
: >empty; mkdir empty-directory
cd ..; mkdir links; cd links
printf hard >a; ln a b; ln a ../names/c; ln -s a soft; ln -s /nowhere/at/all dangling; ln -s $'tar\nget' newline
ln -s "$(printf 'l%.0s' {1..300})" long; mkfifo fifo
cd ..; mkdir owners; cd owners
printf 1 >number; chown 1234:5678 number; printf 2 >setuid; chmod 4755 setuid; printf 3 >none; chmod 000 none
mkdir sticky; chmod 1777 sticky; mkdir setgid; chmod 2750 setgid; chown 4000000:4000001 setgid; chown -h 77:88 ../links/soft
printf 4 >old; touch -d '1971-02-03 04:05:06.123456789' old; printf 5 >future; touch -d '2060-01-01' future
touch -h -d '2001-02-03 04:05:06.5' ../links/dangling; touch -d '1999-12-31 23:59:59.25' sticky
cd ..; mkdir attributes; cd attributes; printf x >file
if command -v setfattr >/dev/null; then setfattr -n user.bin -v 0x00ff0a00 file; setfattr -n user.text -v 'wörld' .; fi
if command -v setfacl >/dev/null; then setfacl -m u:1500:rw,g:1600:r file; setfacl -d -m u:1500:rwx .; fi
cd ..
sync
`;

/** Files of 2 GiB and 50 MiB with next to nothing in them. */
const fillSparse = String.raw`
set -e
cd /data
truncate -s 2G sparse
for offset in 0 1000000 1500000000 2147483000; do
  printf DATA | dd of=sparse bs=1 seek=$offset conv=notrunc status=none
done
truncate -s 50M hole
sync
`;

/** One line for each entry and one for each content, names escaped to ASCII, in an order of bytes. */
const list = String.raw`
set -e -o pipefail
export LC_ALL=C
escape() { perl -0 -ne 'chomp; s/([^ -~]|\\)/sprintf "\\x%02x", ord $1/ge; print "$_\n"'; }
cd /data
each() { find . -path ./lost+found -prune -o "$@" | sort -z; }
each -printf '%p %y %m %U:%G %s %n %T@ %l\0' | escape | perl -pe 's/^(.* d \d+ \d+:\d+) \d+/$1 -/'
each -type f -print0 | xargs -0 sha256sum -z | escape
each -type f -links +1 -printf '%i %p\0' | escape |
  perl -ne 'chomp; /^(\d+) (.*)/; push @{$same{$1}}, $2; END { print map("same: $_\n", sort map(join(" ", @$_), values %same)) }'
if command -v getfattr >/dev/null; then each -print0 | xargs -0 getfattr -h -d -m - -e hex; fi
`;

export async function fillVolume(
  namespace: TestNamespace,
  pod: string,
  { thousands, isSparse }: { readonly thousands: number; readonly isSparse: boolean },
): Promise<void> {
  await bashIn(namespace, pod, fill, [String(thousands)]);
  if (isSparse) await bashIn(namespace, pod, fillSparse);
}

/**
 * Path, type, mode, owner, size, link count, mtime and link target of everything below /data, SHA-256 of each file, names
 * of one file, and extended attributes and ACLs where the image can show them.
 */
export async function listVolume(namespace: TestNamespace, pod: string): Promise<string[]> {
  return (await bashIn(namespace, pod, list)).trimEnd().split("\n");
}

/** The bytes that files below /data occupy. */
export async function occupiedBytes(
  namespace: TestNamespace,
  pod: string,
  files: readonly string[],
): Promise<number[]> {
  const text = await bashIn(namespace, pod, 'cd /data; stat -c "%b %B" -- "$@"', files);
  return text
    .trimEnd()
    .split("\n")
    .map((line) => line.split(" ").reduce((product, number) => product * Number(number), 1));
}

/** @returns the first lines that only one of both has, for a message that can be read */
export function differences(before: readonly string[], after: readonly string[]): string[] {
  const [old, now] = [new Set(before), new Set(after)];
  const lost = before.filter((line) => !now.has(line)).map((line) => `- ${line}`);
  const added = after.filter((line) => !old.has(line)).map((line) => `+ ${line}`);
  return [...lost.slice(0, 10), ...added.slice(0, 10)];
}
