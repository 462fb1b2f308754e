export type LogLevel = "info" | "warning" | "error";

/** Extra `key=value` pairs of a line. Undefined values are left out. */
export type LogFields = Readonly<Record<string, string | number | undefined>>;

/** PORT: the backup's log, kept in `<backup>-logs.gz`. Writing never fails and never waits. */
export interface Log {
  write(level: LogLevel, message: string, fields?: LogFields): void;
}
