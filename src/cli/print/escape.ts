/**
 * Text from a cluster or an archive made harmless for a terminal: control characters, escape sequences and
 * characters that change the direction of text are shown as \u{…}. Line breaks stay.
 */
export function escapeControls(text: string): string {
  return text.replace(
    // oxlint-disable-next-line no-control-regex -- control characters are what this is about
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g,
    (c) => {
      return `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`;
    },
  );
}

/** The same for a table's cell or a line: line breaks and tabs become spaces. */
export function escapeLine(text: string): string {
  return escapeControls(text.replace(/[\r\n\t]+/g, " "));
}
