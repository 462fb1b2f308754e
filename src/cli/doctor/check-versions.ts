import { joined, judged, type Verdict, warn } from "./check.ts";
import type { Programs } from "./find-programs.ts";

/** As package.json's engines. */
const OLDEST_NODE = [22, 19] as const;

/** Which programs take part here. */
export function judgeVersions({ ark, node, isExecutable, kubectl }: Programs): Verdict {
  const fine = joined(
    `kubectl-ark v${ark}`,
    isExecutable ? `with its own Node ${node}` : `run by Node ${node}`,
    kubectl === undefined
      ? "no kubectl on PATH"
      : `kubectl ${kubectl.version ?? "of unknown version"}`,
  );
  return judged(
    fine,
    !isExecutable &&
      isOld(node) &&
      warn(
        `Node is older than ${OLDEST_NODE.join(".")}`,
        "Install a newer Node, or the executable of kubectl-ark that needs none.",
      ),
    kubectl !== undefined &&
      kubectl.version === undefined &&
      warn(`${kubectl.path} does not tell it`, "Run `kubectl version --client` to see why."),
  );
}

function isOld(node: string): boolean {
  const [major = 0, minor = 0] = node.split(".").map(Number);
  return major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1]);
}
