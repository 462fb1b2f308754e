import { plural } from "../print/quantities.ts";
import type { DoctorConnection } from "./doctor-tools.ts";
import { fail, joined, judged, type Verdict, warn } from "./check.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const SOON_DAYS = 7;

type Facts = DoctorConnection["facts"];

/** Which files and which entries of them are used, and whether the login in them still holds. */
export function judgeKubeconfig(facts: Facts, now: Date): Verdict {
  const { files, context, user, login, impersonated } = facts;
  const found = files.filter(({ isThere }) => isThere).map(({ path }) => path);
  const missing = files.filter(({ isThere }) => !isThere).map(({ path }) => path);
  const fine = joined(
    found.length === 0 ? "no file" : found.join(", "),
    context === "" ? "no context" : `context ${context}`,
    user === "" ? login : `user ${user} (${login})`,
    impersonated !== undefined && `acting as ${impersonated}`,
  );
  return judged(
    fine,
    judgeCertificate(facts, now),
    missing.length > 0 &&
      found.length > 0 &&
      warn(`not there: ${missing.join(", ")}`, "Take it out of KUBECONFIG."),
    login === "no credentials" &&
      warn("requests are sent without a login", "Give the context a user, or log in."),
  );
}

function judgeCertificate({ certificateEnds, user }: Facts, now: Date): Verdict | undefined {
  if (certificateEnds === undefined) return undefined;
  const leftMs = certificateEnds.getTime() - now.getTime();
  const days = Math.floor(leftMs / DAY_MS);
  const hint = "Get a new certificate for the kubeconfig.";
  const end = certificateEnds.toISOString().slice(0, 10);
  const whose = user === "" ? "the client certificate" : `the client certificate of ${user}`;
  if (leftMs <= 0) return fail(`${whose} expired on ${end}`, hint);
  if (days >= SOON_DAYS) return undefined;
  return warn(`${whose} expires on ${end}, in ${plural(days, "day")}`, hint);
}
