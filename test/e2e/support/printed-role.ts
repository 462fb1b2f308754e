import { after } from "node:test";
import type { Ark } from "./cli.ts";
import { kubectl, type TestNamespace } from "./cluster.ts";
import { eventually, runProcess } from "./process.ts";
import { type RestrictedUser, signInAs } from "./restricted-user.ts";

type Rule = {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
};

type Printed = {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules?: readonly Rule[];
};

/** A right out of a printed rule. */
export type PrintedRight = {
  readonly kind: string;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
};

/** What `kubectl ark rbac` prints as JSON. @throws with its stderr */
export async function printRoles(ark: Ark, words: readonly string[]): Promise<readonly Printed[]> {
  const { exitCode, stdout, stderr } = await ark.run(["rbac", ...words, "-o", "json"]);
  if (exitCode !== 0) throw new Error(stderr);
  const { items }: { items: readonly Printed[] } = JSON.parse(stdout);
  return items;
}

/** Every verb on every resource that is printed, one by one. */
export function rightsOf(printed: readonly Printed[]): PrintedRight[] {
  return printed.flatMap(({ kind, rules = [] }) =>
    rules.flatMap(({ apiGroups: [group = ""], resources, verbs }) =>
      resources.flatMap((resource) => verbs.map((verb) => ({ kind, verb, group, resource }))),
    ),
  );
}

/** The same objects as `--role-name=NAME` would print them, made of those for `--role-name=role`. */
export function renamed(printed: readonly Printed[], name: string): readonly Printed[] {
  return JSON.parse(JSON.stringify(printed).replaceAll(/"name":"role\b/g, `"name":"${name}`));
}

/** The same objects without one right. */
export function without(printed: readonly Printed[], right: PrintedRight): Printed[] {
  return printed.map((object) => {
    const { rules } = object;
    if (object.kind !== right.kind || !rules) return object;
    return { ...object, rules: rules.flatMap((rule) => reduced(rule, right)) };
  });
}

function reduced(rule: Rule, { verb, group, resource }: PrintedRight): Rule[] {
  const isMeant = rule.apiGroups.includes(group) && rule.resources.includes(resource);
  if (!isMeant) return [rule];
  const others = rule.resources.filter((each) => each !== resource);
  const verbs = rule.verbs.filter((each) => each !== verb);
  return [
    ...(others.length > 0 ? [{ ...rule, resources: others }] : []),
    ...(verbs.length > 0 ? [{ ...rule, resources: [resource], verbs }] : []),
  ];
}

/**
 * Applies what was printed for `--role-name=NAME` and signs in as its service account, once the API server's authorizer
 * has heard of all of it.
 */
export async function signInByRoles(
  ark: Ark,
  namespace: TestNamespace,
  { name, printed }: { readonly name: string; readonly printed: readonly Printed[] },
): Promise<RestrictedUser> {
  const clusterObjects = printed.filter(({ kind }) => kind.startsWith("Cluster"));
  after(async () => {
    for (const { kind, metadata } of clusterObjects) {
      await runProcess("kubectl", ["delete", kind, metadata.name, "--ignore-not-found"]);
    }
  });
  await kubectl(
    ["apply", "-f", "-"],
    JSON.stringify({ apiVersion: "v1", kind: "List", items: printed }),
  );
  const user = await signInAs(ark, namespace, name);
  for (const { verb, group, resource } of lastOfEachKind(rightsOf(printed))) {
    const what = group === "" ? resource : `${resource}.${group}`;
    const words = ["auth", "can-i", verb, what, "-n", namespace.name, "--as", user.name];
    await eventually(`${name}'s right to ${verb} ${what}`, async () => {
      return (await runProcess("kubectl", words)).exitCode === 0;
    });
  }
  return user;
}

function lastOfEachKind(rights: readonly PrintedRight[]): PrintedRight[] {
  return [...new Map(rights.map((right) => [right.kind, right])).values()];
}
