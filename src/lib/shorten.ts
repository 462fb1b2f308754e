/** Text for a message: at most `limit` characters and a mark that there was more. */
export function shorten(text: string, limit = 80): string {
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}
