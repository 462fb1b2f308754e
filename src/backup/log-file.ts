import { PassThrough } from "node:stream";
import { createGzip } from "node:zlib";
import { formatLogLine } from "../archive/log-lines.ts";
import type { Clock } from "../lib/clock.ts";
import type { Log } from "../lib/log.ts";

/** The backup's log, compressed as it is written; lines in Ark's form (logrus text). */
export type LogFile = {
  readonly log: Log;
  readonly content: AsyncIterable<Uint8Array>;
  end(): void;
};

/** @param fields that stand in every line, such as `backup` */
export function createLogFile(clock: Clock, fields: Readonly<Record<string, string>>): LogFile {
  const gzip = createGzip({ level: 6 });
  // Lines are buffered, not waited for: a hook's output (at most 1 MiB a stream) is the largest there is.
  const content = gzip.pipe(new PassThrough());
  return {
    content,
    end: () => void gzip.end(),
    log: {
      write: (level, message, extra) =>
        void gzip.write(
          formatLogLine({ time: clock.now(), level, message, fields: { ...extra, ...fields } }),
        ),
    },
  };
}
