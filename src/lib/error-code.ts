/** The `code` of an error of Node or the operating system ("ENOENT", "ERR_…"), "" for anything without one. */
export function errorCodeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : "";
}
