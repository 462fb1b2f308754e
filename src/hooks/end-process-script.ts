/**
 * Finds and ends the process of a hook from inside its container: `sh -c SCRIPT NAME HUNDREDTHS WORD…`, with the
 * hundredths of a second since the hook was asked for and its words. It prints one line:
 * - `ended PID…`: gone after TERM; `killed PID…`: these needed KILL; `none`: no such process;
 * - `unclear PID…`: any of these may be it, none was touched; `denied PID…`, `left PID…`: still there after KILL.
 *
 * Plain POSIX sh for busybox ash, dash and bash. It needs /proc and nothing else: no ps, no tr, and no file of a volume
 * that may be frozen; without a `sleep` it polls without a pause. `read` of all three passes over NUL bytes, so command
 * lines are compared with their words joined. With `ark_by_name` set nothing is guessed by the time it began.
 */
const annotatedScript = `
nl='
'
ticks=$1
shift
want=
for word do want=$want$word; done

# What is in a file, without its NUL bytes.
text() {
  body= line=
  while IFS= read -r line; do body=$body$line$nl; done <$1
  body=$body$line
} 2>/dev/null

# Fields of /proc/PID/stat. They are counted after the last parenthesis: a name may have spaces and parentheses.
stat() {
  line=
  IFS= read -r line </proc/$1/stat
  set -- \${line##*) }
  [ $# -ge 20 ] || return 1
  state=$1 ppid=$2 session=$4 tty=$5 started=\${20}
} 2>/dev/null

# What was started as we were is in our control groups (containers may see each other's processes) and has our parent,
# which is 0. Where the pod sees the node's processes, it has a parent in other groups, as we have: ours is not always the
# same one. The oldest of these is the container's own process.
outside() {
  [ $1 != 0 ] && text /proc/$1/cgroup && [ -n "$body" ] && [ "$body" != "$group" ]
}
text /proc/$$/cgroup
group=$body
node=
stat $$ || exit 1
outside $ppid || { stat $$; outside $ppid; } && node=1
parent=$ppid
begun=$((started - ticks))
entered() {
  [ $ppid = $parent ] || [ -n "$node" ] || return 1
  text /proc/$1/cgroup
  [ "$body" = "$group" ] || return 1
  [ $ppid = $parent ] || outside $ppid
}
oldest= siblings=
for dir in /proc/[0-9]*; do
  pid=\${dir#/proc/}
  stat $pid && entered $pid || continue
  if [ -z "$oldest" ] || [ $started -lt $since ]; then oldest=$pid since=$started; fi
  [ $started -lt $((begun - 200)) ] || siblings="$siblings $pid"
done

# Its command line is the hook's, or ends with it (a script is run by its interpreter): of several the one begun nearest
# to the hook. A shell that has replaced itself by its last command is known by when it began and by having no input.
best= others=
for pid in $siblings; do
  [ $pid != $oldest ] && [ $pid != $$ ] && stat $pid || continue
  away=$((started - begun))
  away=\${away#-}
  text /proc/$pid/cmdline
  is=
  case $body in
  '' | *"$0"*) continue ;;
  "$want") is=hook ;;
  *"$want") [ -n "$want" ] && [ $away -le 200 ] && is=hook ;;
  esac
  if [ -n "$is" ]; then
    if [ -z "$best" ] || [ $away -lt $nearest ]; then best=$pid nearest=$away; fi
    continue
  fi
  [ -z "$ark_by_name" ] || continue
  # A guard of ours that began with the hook is not to be taken for it.
  case $body in *kubectl-ark-*) continue ;; esac
  [ $session = $pid ] && [ $tty = 0 ] && [ $away -le 100 ] && [ -c /proc/$pid/fd/0 ] && others="$others $pid"
done
case $best$others in
'') echo none; exit ;;
esac
set -- \${best:-$others}
[ $# = 1 ] || { echo unclear $*; exit; }

# The process and its descendants, as PID/START: a number may be given to another process.
stat $1 || { echo none; exit; }
tree=" $1/$started "
grow() {
  more=1
  while [ $more = 1 ]; do
    more=0
    for dir in /proc/[0-9]*; do
      pid=\${dir#/proc/}
      stat $pid || continue
      case $tree in
      *" $pid/$started "*) ;;
      *" $ppid/"*) tree="$tree$pid/$started " more=1 ;;
      esac
    done
  done
}

# Which of them still live.
look() {
  left=
  for entry in $tree; do
    stat \${entry%/*} && [ $started = \${entry#*/} ] || continue
    case $state in
    [ZXx]) ;;
    *) left="$left \${entry%/*}" ;;
    esac
  done
  [ -n "$left" ]
}
send() {
  denied=
  for pid in $left; do kill -$1 $pid 2>/dev/null || denied=1; done
}
uptime() {
  read -r up line </proc/uptime
  up=\${up%.*}\${up#*.}
}
# Waits for their end, at most so many hundredths of a second.
await() {
  uptime
  until=$((up + $1))
  while look && [ $up -lt $until ]; do
    sleep 0.1 2>/dev/null || sleep 1 2>/dev/null
    uptime
  done
}

grow
look || { echo none; exit; }
all=$left
send TERM
await 200
grow
look || { echo ended$all; exit; }
killed=$left
send KILL
await 30
grow
look && send KILL
await 30
if [ -z "$left" ]; then echo killed$killed
elif [ -n "$denied" ]; then echo denied$left
else echo left$left
fi
`;

/** Without comments and indentation: all of it goes into the address of a request. */
export const endProcessScript = annotatedScript
  .split("\n")
  .map((line) => line.trim())
  .filter((line) => line !== "" && !line.startsWith("#"))
  .join("\n");
