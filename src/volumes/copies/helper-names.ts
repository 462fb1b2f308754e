import { createHash } from "node:crypto";
import type { ClaimVolume } from "../claim-volume.ts";
import type { RunMark } from "../owned-labels.ts";

const PREFIX = "ark-copy";
const CLAIM_LENGTH = 40;

/**
 * Name of a helper pod and of its claim: a DNS label that says what it is for, and that no other run or attempt has.
 * @param attempt of this run, from 1
 */
export function helperName(
  { namespace, claim }: Pick<ClaimVolume, "namespace" | "claim">,
  { runId, client }: RunMark,
  attempt: number,
): string {
  const identity = JSON.stringify([runId, client, namespace, claim, attempt]);
  const hash = createHash("sha256").update(identity).digest("hex").slice(0, 10);
  const readable = claim
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, "-")
    .slice(0, CLAIM_LENGTH)
    .replaceAll(/^-+|-+$/g, "");
  return [PREFIX, readable, hash].filter((part) => part !== "").join("-");
}
