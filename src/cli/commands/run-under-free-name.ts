import type { BackupReport } from "../../backup/backup-report.ts";
import type { BackupRequest } from "../../backup/backup-request.ts";
import type { Ports } from "../../backup/backup-run.ts";
import { runBackup } from "../../backup/run-backup.ts";
import { hasCode } from "../../lib/errors.ts";

const maxAttempts = 5;

/**
 * Takes a backup whose name nobody chose: when another process has just taken that name, under the one of a later
 * second, as long as nothing was begun.
 * @param makeName a name for the time that it is called at
 * @throws ArkError what `runBackup` throws; BackupExists after five attempts, or after hooks have run
 */
export async function runUnderFreeName(
  request: BackupRequest,
  ports: Ports,
  makeName: () => string,
  signal: AbortSignal,
): Promise<BackupReport> {
  for (let attempt = 1; ; attempt += 1) {
    const name = attempt === 1 ? request.name : makeName();
    let isBegun = false;
    const observe: Ports["observe"] = (event) => {
      isBegun ||= event.kind === "planned";
      ports.observe(event);
    };
    try {
      return await runBackup({ ...request, name }, { ...ports, observe }, signal);
    } catch (error) {
      const isTaken = hasCode(error, "BackupExists") && !isBegun;
      if (!isTaken || attempt >= maxAttempts) throw error;
      // Whoever met once shall not meet again in each second that follows.
      const untilNextSecond = 1000 - ports.clock.now().getMilliseconds();
      await ports.clock.sleep(untilNextSecond + Math.random() * 1000 * attempt, signal);
    }
  }
}
