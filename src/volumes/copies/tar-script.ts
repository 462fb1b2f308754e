/**
 * Writes a tar of everything below a directory to stdout. POSIX sh, for any image. The first line on stderr says which
 * tar there is and what it can: "kubectl-ark: gnu xattrs acls". $1 is the directory; $2, if given, "one" leaves out what
 * else is mounted below it (where this tar can).
 */
const SCRIPT = `LC_ALL=C
export LC_ALL
unset TAR_OPTIONS POSIXLY_CORRECT
one=$2
command -v tar >/dev/null || { echo 'kubectl-ark: none' >&2; exit 125; }
cd "$1" >/dev/null || exit 124
set -- -c -f -
case $(tar --version 2>&1) in
*'GNU tar'*)
  found=gnu
  set -- "$@" --format=posix --sparse --numeric-owner
  for can in xattrs acls; do
    tar "--$can" -cf /dev/null -T /dev/null 2>/dev/null && { set -- "$@" "--$can"; found="$found $can"; }
  done
  [ -z "$one" ] || set -- "$@" --one-file-system ;;
*bsdtar*)
  found='bsd xattrs acls'
  set -- "$@" --format pax --numeric-owner
  [ -z "$one" ] || set -- "$@" --one-file-system ;;
*[Bb]usy[Bb]ox*) found=busybox ;;
*) found=unknown ;;
esac
echo "kubectl-ark: $found" >&2
exec tar "$@" .
`;

/** argv of the copy. @param isOneFileSystem whether to leave out what else is mounted below `directory` */
export function tarCommand(directory: string, isOneFileSystem: boolean): readonly string[] {
  return ["sh", "-c", SCRIPT, "kubectl-ark", directory, ...(isOneFileSystem ? ["one"] : [])];
}
