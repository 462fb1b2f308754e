import type { FakeRequest } from "../../test/support/fake-api-server/message.ts";

/**
 * What a client did from one command in a pod to the next ones, as the API server saw it: commands that were run in
 * pods, and objects that were read one by one.
 */
export function timelineOf(requests: readonly FakeRequest[], pod: string): string[] {
  const steps = requests.flatMap(({ path, query }): { pod: string; line: string }[] => {
    const parts = path.split("/").map(decodeURIComponent);
    const name = parts[6] ?? "";
    if (path.endsWith("/exec")) {
      return [{ pod: name, line: `run in ${name}: ${describeCommand(query.getAll("command"))}` }];
    }
    const isNamespaced = parts[3] === "namespaces" && parts.length === 7;
    if (isNamespaced) return [{ pod: "", line: `read   ${parts[5]}/${name}` }];
    const isVolume = parts[3] === "persistentvolumes" && parts.length === 5;
    return isVolume ? [{ pod: "", line: `read   ${parts[3]}/${parts[4]}` }] : [];
  });
  const from = steps.findIndex((step) => step.pod === pod);
  const to = steps.findLastIndex((step) => step.pod === pod);
  return steps.slice(from, to + 1).map(({ line }) => line);
}

/** The guard's script is no reading for a demo. */
function describeCommand(command: readonly string[]): string {
  return command.includes("kubectl-ark-guard") ? "(the guard)" : command.join(" ");
}
