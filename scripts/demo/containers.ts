import {
  type ContainerRuntime,
  simulatedContainer,
} from "../../test/support/fake-api-server/container-runtime.ts";

const answers: Readonly<Record<string, string>> = {
  "psql -c CHECKPOINT": "CHECKPOINT\n",
  "redis-cli SAVE": "OK\n",
};

/** The shop's containers: they know the commands of its hooks, and fsfreeze by what `frozen` holds. */
export function shopContainers(frozen: Set<string>): ContainerRuntime {
  const otherwise = simulatedContainer(frozen);
  return async (exec) => {
    const answer = answers[exec.command.join(" ")];
    if (answer === undefined) return otherwise(exec);
    await exec.stdout(answer);
    return 0;
  };
}
