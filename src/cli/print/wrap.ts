/** What people's terminals have at least; also for a pipe, so that output does not depend on where it goes. */
export const textWidth = 80;

/** "a, b, c" behind a title, broken between items; lines after the first are indented by `indent` spaces. */
export function wrapList(title: string, items: readonly string[], indent: number): string[] {
  const lines: string[] = [];
  let line = title;
  for (const [index, item] of items.entries()) {
    const word = index < items.length - 1 ? `${item},` : item;
    const isFirst = index === 0 || line.trim() === "";
    const longer = isFirst ? `${line}${word}` : `${line} ${word}`;
    if (isFirst || longer.length <= textWidth) line = longer;
    else {
      lines.push(line);
      line = `${" ".repeat(indent)}${word}`;
    }
  }
  return [...lines, line];
}
