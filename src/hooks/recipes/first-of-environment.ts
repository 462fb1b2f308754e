/**
 * A line of a script that defines `first NAME…`: it prints the first of these variables of the container that is set, by
 * itself or by the file that NAME_FILE names; nothing when none is.
 */
export const DEFINE_FIRST = [
  "first() {",
  "  for name; do",
  // The names are the script's own words.
  '    eval "value=\\${$name:-} file=\\${${name}_FILE:-}"',
  '    if [ -z "$value" ] && [ -r "$file" ]; then value=$(cat "$file"); fi',
  `    if [ -n "$value" ]; then printf '%s' "$value"; break; fi`,
  "  done",
  "}",
].join("\n");
