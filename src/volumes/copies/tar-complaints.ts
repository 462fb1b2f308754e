import { createLineReader } from "./tar-lines.ts";

/** What a tar said on stderr, with the tar script's own first line. */
export type TarReport = {
  /** What the script found; undefined when it did not come that far. */
  readonly tar: TarKind | undefined;
  /** Of what the tar could do: "xattrs", "acls". */
  readonly abilities: readonly string[];
  readonly changed: Names;
  readonly vanished: Names;
  readonly unreadable: Names;
  /** Unreadable too, but nobody's loss: `lost+found` at the top. */
  readonly ignored: number;
  /** Anything else but what needs no word. */
  readonly other: Names;
};

export type TarKind = "gnu" | "bsd" | "busybox" | "unknown" | "none";

/** The first ones in order, and how many there were. */
export type Names = { readonly first: readonly string[]; readonly count: number };

export type TarComplaints = { write(piece: Uint8Array): void; result(): TarReport };

const KEPT = 10;

type Kind = "changed" | "vanished" | "unreadable" | "ignored" | "silent";
type Rule = readonly [kind: Kind, line: RegExp];

/** GNU's, libarchive's and busybox' words in the C locale. Ends are anchored: file names may say anything. */
const RULES: readonly Rule[] = [
  ["changed", /^tar: (.+): file changed as we read it$/],
  ["changed", /^tar: (.+): File shrank by \d+ bytes?; padding with zeros$/],
  ["vanished", /^tar: (.+): File removed before we read it$/],
  ["vanished", /^tar: (?:can't open '(.+)'|(\.\/.+)): No such file or directory$/],
  // mkfs makes it, for root only, and each new volume has its own.
  ["ignored", /^tar: (?:can't open ')?\.\/lost\+found'?(?:: Cannot \w+)?: Permission denied$/],
  ["unreadable", /^tar: (.+): Cannot (?:open|stat|savedir|readlink): Permission denied$/],
  ["unreadable", /^tar: (?:can't open '(.+)'|(\.\/.+)): Permission denied$/],
  ["unreadable", /^tar: (.+): (?:Couldn't visit directory|Cannot read[a-z ]*): Permission denied$/],
  ["silent", /: (?:socket|door) ignored$/],
  ["silent", /: Exiting with failure status due to previous errors$/],
  ["silent", /^tar: error exit delayed from previous errors$/],
  ["silent", /^tar: Error exit delayed from previous errors\.$/],
];

/** Sorts what comes line by line: bounded memory, however much and whatever it is. */
export function createTarComplaints(): TarComplaints {
  const kinds = { changed: list(), vanished: list(), unreadable: list(), other: tailList() };
  let ignored = 0;
  let found: Pick<TarReport, "tar" | "abilities"> | undefined;

  function takeLine(line: string, isCut: boolean): void {
    const own = found === undefined && !isCut ? /^kubectl-ark: ([\w ]+)$/.exec(line) : null;
    if (own !== null) {
      found = readFound(own[1] ?? "");
      return;
    }
    const rule = isCut ? undefined : RULES.find(([, pattern]) => pattern.test(line));
    if (rule === undefined) return kinds.other.add(line);
    const [kind, pattern] = rule;
    if (kind === "ignored") ignored += 1;
    if (kind === "ignored" || kind === "silent") return;
    const match = pattern.exec(line);
    kinds[kind].add(match?.[1] ?? match?.[2] ?? line);
  }

  const lines = createLineReader(takeLine);
  return {
    write: (piece) => lines.write(piece),
    result() {
      lines.end();
      return {
        tar: found?.tar,
        abilities: found?.abilities ?? [],
        changed: kinds.changed.names(),
        vanished: kinds.vanished.names(),
        unreadable: kinds.unreadable.names(),
        ignored,
        other: kinds.other.names(),
      };
    },
  };
}

function readFound(words: string): Pick<TarReport, "tar" | "abilities"> {
  const [name = "", ...abilities] = words.split(" ");
  const kinds: readonly TarKind[] = ["gnu", "bsd", "busybox", "none"];
  return { tar: kinds.find((kind) => kind === name) ?? "unknown", abilities };
}

function list() {
  const first: string[] = [];
  let count = 0;
  return {
    add(name: string): void {
      count += 1;
      if (first.length < KEPT) first.push(name);
    },
    names: (): Names => ({ first, count }),
  };
}

/** Of errors the last ones say why it ended. */
function tailList() {
  const last: string[] = [];
  let count = 0;
  return {
    add(line: string): void {
      count += 1;
      last.push(line);
      if (last.length > KEPT) last.shift();
    },
    names: (): Names => ({ first: last, count }),
  };
}
