/** Longer than any path that tar quotes, in octal escapes too. */
const MAX_LINE_BYTES = 32 * 1024;
const NEWLINE = 10;

export type LineReader = {
  write(piece: Uint8Array): void;
  /** Gives what came after the last newline. */
  end(): void;
};

/**
 * Cuts bytes into lines, without empty ones. What is not UTF-8 is replaced.
 * @param onLine `isCut`: there was more of the line than is kept
 */
export function createLineReader(onLine: (line: string, isCut: boolean) => void): LineReader {
  let parts: Uint8Array[] = [];
  let keptBytes = 0;
  let isCut = false;

  function keep(part: Uint8Array): void {
    const kept = part.subarray(0, MAX_LINE_BYTES - keptBytes);
    isCut ||= kept.length < part.length;
    if (kept.length === 0) return;
    // A copy: the sender may use its buffer again.
    parts.push(kept.slice());
    keptBytes += kept.length;
  }
  function finish(): void {
    if (keptBytes > 0) onLine(new TextDecoder().decode(Buffer.concat(parts)), isCut);
    parts = [];
    keptBytes = 0;
    isCut = false;
  }
  return {
    write(piece) {
      let start = 0;
      for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, start)) {
        keep(piece.subarray(start, at));
        finish();
        start = at + 1;
      }
      keep(piece.subarray(start));
    },
    end: finish,
  };
}
