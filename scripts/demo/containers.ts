import { GUARD_EXIT, GUARD_READY, GUARD_WORDS } from "../../src/hooks/guard-script.ts";
import {
  type ContainerExec,
  type ContainerRuntime,
  simulatedContainer,
} from "../../test/support/fake-api-server/container-runtime.ts";

const answers: Readonly<Record<string, string>> = {
  "psql -c CHECKPOINT": "CHECKPOINT\n",
  "redis-cli SAVE": "OK\n",
};

/** The shop's containers: they know the commands of its hooks, the guard, and fsfreeze by what `frozen` holds. */
export function shopContainers(frozen: Set<string>): ContainerRuntime {
  const otherwise = simulatedContainer(frozen);
  return async (exec) => {
    if (exec.command.includes("kubectl-ark-guard")) return standGuard(exec);
    const answer = answers[exec.command.join(" ")];
    if (answer === undefined) return otherwise(exec);
    await exec.stdout(answer);
    return 0;
  };
}

/** Plays the guard's part as far as the demo goes: on its post until it is dismissed. */
async function standGuard({ stdin, stdout }: ContainerExec): Promise<number> {
  await stdout(`${GUARD_READY}\n`);
  let heard = "";
  for await (const chunk of stdin) {
    heard += Buffer.from(chunk).toString("utf8");
    if (heard.endsWith(`\n${GUARD_WORDS.dismiss}\n`)) return GUARD_EXIT.dismissed;
  }
  return GUARD_EXIT.thawFailed;
}
