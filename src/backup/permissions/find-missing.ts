import type { AccessRule, Cluster, RulesReview } from "../../cluster/cluster.ts";
import { forEachParallel } from "../../lib/bounded-parallel.ts";
import { hasCode, messageOf, throwIfAborted } from "../../lib/errors.ts";
import type { Log } from "../../lib/log.ts";
import type { Permission } from "./permission.ts";

export type FindMissingTools = { readonly cluster: Cluster; readonly log: Log };

/** No namespace can have this name, so what the user may do there is what holds for the whole cluster. */
const WHOLE_CLUSTER = "kubectl-ark/whole-cluster";
/** A review each: beyond that what is not known is found out by doing. */
const MAX_NAMESPACES = 16;
const MAX_QUESTIONS = 40;
const PARALLEL_REVIEWS = 8;

/**
 * Which of the rights the user has not: one or two requests where the server can list the user's rules, single questions
 * for what these leave open and for what is decisive. Where the server does not answer, nothing is missing.
 * @throws ArkError Cancelled
 */
export async function findMissing(
  wanted: readonly Permission[],
  tools: FindMissingTools,
  signal: AbortSignal,
): Promise<Permission[]> {
  try {
    const whole = await tools.cluster.reviewRules(WHOLE_CLUSTER, signal);
    const open = wanted.filter((permission) => !isAllowed(permission, whole));
    const reviews = await reviewNamespaces(open, tools, signal);
    const doubted = open.flatMap((permission) => doubt(permission, whole, reviews));
    return await withoutGranted(doubted, tools, signal);
  } catch (error) {
    throwIfAborted(signal);
    tools.log.write("info", `permissions could not be looked up: ${messageOf(error)}`);
    return [];
  }
}

/** Of the first namespaces that something is open in. */
async function reviewNamespaces(
  open: readonly Permission[],
  { cluster }: FindMissingTools,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, RulesReview>> {
  const names = new Set(open.flatMap(({ namespace }) => namespace ?? []));
  const reviews = new Map<string, RulesReview>();
  await forEachParallel(
    [...names].slice(0, MAX_NAMESPACES),
    PARALLEL_REVIEWS,
    async (name) => void reviews.set(name, await cluster.reviewRules(name, signal)),
    signal,
  );
  return reviews;
}

type Doubt = { readonly permission: Permission; readonly isCertain: boolean };

function doubt(
  permission: Permission,
  whole: RulesReview,
  reviews: ReadonlyMap<string, RulesReview>,
): Doubt[] {
  const { namespace } = permission;
  const review = namespace === undefined ? whole : reviews.get(namespace);
  if (review && isAllowed(permission, review)) return [];
  return [{ permission, isCertain: review?.isComplete === true && whole.isComplete }];
}

/** The server's own decision counts where a backup would be refused, and where its rules were not all listed. */
async function withoutGranted(
  doubts: readonly Doubt[],
  { cluster }: FindMissingTools,
  signal: AbortSignal,
): Promise<Permission[]> {
  const asked = doubts
    .filter(({ permission, isCertain }) => permission.isDecisive || !isCertain)
    .toSorted((a, b) => Number(b.permission.isDecisive) - Number(a.permission.isDecisive))
    .slice(0, MAX_QUESTIONS);
  const answers = new Map<Doubt, boolean>();
  const ask = async (each: Doubt): Promise<void> => {
    try {
      answers.set(each, await cluster.reviewAccess(each.permission, signal));
    } catch (error) {
      throwIfAborted(signal);
      if (hasCode(error, "ClusterUnreachable", "Timeout")) throw error;
    }
  };
  await forEachParallel(asked, PARALLEL_REVIEWS, ask, signal);
  const isMissing = (each: Doubt): boolean => !(answers.get(each) ?? !each.isCertain);
  return doubts.filter(isMissing).map(({ permission }) => permission);
}

function isAllowed(permission: Permission, { rules }: RulesReview): boolean {
  return rules.some((rule) => allows(rule, permission));
}

/** As RBAC reads a rule. */
function allows(
  { verbs, apiGroups, resources, resourceNames }: AccessRule,
  { verb, group, resource, name }: Permission,
): boolean {
  const subresource = resource.split("/")[1];
  const names = subresource === undefined ? [resource, "*"] : [resource, "*", `*/${subresource}`];
  return (
    (verbs.includes(verb) || verbs.includes("*")) &&
    (apiGroups.includes(group) || apiGroups.includes("*")) &&
    names.some((each) => resources.includes(each)) &&
    (resourceNames.length === 0 || (name !== undefined && resourceNames.includes(name)))
  );
}
