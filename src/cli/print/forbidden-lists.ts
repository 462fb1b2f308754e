import type { Finding } from "../../backup/backup-report.ts";

/** How many kinds a line names. */
const shownKinds = 10;

/** Whether the finding is about a whole kind that may not be listed. */
export function isForbiddenList({ code, name, groupResource }: Finding): boolean {
  return code === "Forbidden" && name === undefined && groupResource !== undefined;
}

/**
 * Many refusals that differ in their kind only, as one finding for each verb and place: a user without rights at the
 * cluster's scope has one for every kind there is. A single one is kept as it is; `describe` has them all.
 */
export function collapseForbidden(errors: readonly Finding[]): Finding[] {
  const forbidden = errors.filter(isForbiddenList);
  if (forbidden.length < 2) return [...errors];
  const groups = Map.groupBy(forbidden, refusalOf);
  const collapsed = [...groups].map(([refusal, group]) =>
    group.length === 1 && group[0] ? group[0] : { message: `${refusal}: ${namesOf(group)}` },
  );
  return [...collapsed, ...errors.filter((finding) => !isForbiddenList(finding))];
}

/** The server's words without the kind: `User "jane" cannot list at the cluster scope`. */
function refusalOf({ message }: Finding): string {
  const said =
    /(?<who>User "[^"]*" cannot [a-z]+) resource "[^"]*" in API group "[^"]*" (?<where>at the cluster scope|in the namespace "[^"]*")/;
  const { who, where } = said.exec(message)?.groups ?? {};
  return who === undefined ? "may not be listed" : `${who} ${where}`;
}

function namesOf(findings: readonly Finding[]): string {
  const kinds = kindsOf(findings);
  const more = kinds.length - shownKinds;
  const shown = kinds.slice(0, shownKinds).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/**
 * What may not be listed cannot be backed up; saying that this is meant makes the backup Completed.
 * @param itemCount objects in the backup
 */
export function forbiddenAdvice(errors: readonly Finding[], itemCount: number): string[] {
  const forbidden = errors.filter(isForbiddenList);
  if (forbidden.length === 0) return [];
  const isClusterWide = forbidden.some(({ message }) => message.includes("at the cluster scope"));
  if (itemCount === 0 && isClusterWide) {
    return ["hint: Nothing may be listed for the whole cluster. Name a namespace: -n NAMESPACE"];
  }
  const kinds = kindsOf(forbidden).join(",");
  return [
    `hint: What you may not list is not in the backup. To leave it out on purpose: --exclude-resources=${kinds}`,
  ];
}

const kindsOf = (findings: readonly Finding[]): string[] => [
  ...new Set(findings.map(({ groupResource }) => groupResource ?? "")),
];
