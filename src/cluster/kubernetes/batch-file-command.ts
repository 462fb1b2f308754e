/** What `spawn` is given for a batch file on Windows. */
export type BatchFileCommand = {
  readonly file: string;
  readonly args: readonly string[];
};

/** Whether only cmd.exe can run it: since CVE-2024-27980 Node refuses to start batch files itself. */
export function isBatchFile(command: string): boolean {
  return /\.(?:cmd|bat)$/i.test(command);
}

/**
 * The cmd.exe call that runs a batch file with exactly these arguments; needs `windowsVerbatimArguments`. Everything that
 * cmd.exe would act upon is escaped, arguments twice: once for this line, once for the line in the batch file that hands
 * them on (as cross-spawn).
 */
export function batchFileCommand(
  command: string,
  args: readonly string[],
  shell: string,
): BatchFileCommand {
  const words = [escapeMeta(command), ...args.map((arg) => escapeMeta(escapeMeta(quote(arg))))];
  return { file: shell, args: ["/d", "/s", "/c", `"${words.join(" ")}"`] };
}

/** As the C runtime reads it: backslashes count only before a quotation mark. */
function quote(argument: string): string {
  const quoted = argument.replace(/(\\*)"/g, String.raw`$1$1\"`).replace(/(\\+)$/, "$1$1");
  return `"${quoted}"`;
}

function escapeMeta(text: string): string {
  return text.replace(/[()\][%!^"`<>&|;, *?]/g, "^$&");
}
