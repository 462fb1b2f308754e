import { ArkError } from "../../lib/errors.ts";
import { formatSeconds } from "../print/quantities.ts";
import { fail, joined, judged, type Remark, type Verdict, warn } from "./check.ts";
import type { DoctorConnection, ServerAnswer } from "./doctor-tools.ts";

/** From here on the API server speaks v5 of the exec protocol, which can say that the input has ended. */
const OLDEST_MINOR = 30;
const SLOW_MS = 2000;

/** Whether the API server answers, how, and whether its version will do. */
export function judgeCluster(
  answer: ServerAnswer,
  { facts, cluster: { identity } }: Pick<DoctorConnection, "facts" | "cluster">,
): Verdict {
  const { version, user, connectMs, roundTripMs } = answer;
  const fine = joined(
    `${identity.server} reachable in ${formatSeconds(connectMs)}`,
    facts.proxy !== undefined && `through proxy ${facts.proxy}`,
    version === undefined ? "version not told" : `Kubernetes ${version}`,
    user !== undefined && `as ${user}`,
  );
  return judged(
    fine,
    judgeTransport(facts, identity.server),
    version !== undefined &&
      isOld(version) &&
      warn(
        `that is older than v1.${OLDEST_MINOR}`,
        "Exec is less reliable there: try hooks with `kubectl ark hooks run` first.",
      ),
    user === "system:anonymous" &&
      warn("the server knows no user", "Log in again, or check the context's user."),
    roundTripMs > SLOW_MS &&
      warn(
        `an answer takes ${formatSeconds(roundTripMs)}`,
        "Pods stay frozen longer over a slow line: run backups nearer to the cluster.",
      ),
  );
}

/** Of a server that does not answer: what stands in between belongs to the message. @throws the error, where nothing does */
export function judgeSilence(error: unknown, { proxy }: DoctorConnection["facts"]): Verdict {
  if (proxy === undefined || !(error instanceof ArkError)) throw error;
  return fail(`${error.message} (through proxy ${proxy})`, error.hint);
}

function judgeTransport(
  { isEncrypted, isVerified }: DoctorConnection["facts"],
  server: string,
): Remark {
  if (!isEncrypted && !isLoopback(server)) {
    return warn("not encrypted: Secrets are sent as they are", "Use an https:// server.");
  }
  if (isEncrypted && !isVerified) {
    return warn(
      "the server's certificate is not checked",
      "Give its CA (certificate-authority) instead of insecure-skip-tls-verify.",
    );
  }
  return undefined;
}

function isLoopback(server: string): boolean {
  const host = URL.parse(server)?.hostname ?? "";
  return host === "localhost" || host === "[::1]" || host.startsWith("127.");
}

function isOld(version: string): boolean {
  const [, major = "1", minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) < 1 || (major === "1" && Number(minor ?? OLDEST_MINOR) < OLDEST_MINOR);
}
