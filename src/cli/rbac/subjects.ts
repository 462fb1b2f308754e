import { ArkError } from "../../lib/errors.ts";

/** Who gets the role. */
export type Subject =
  | { readonly kind: "ServiceAccount"; readonly name: string; readonly namespace: string }
  | {
      readonly kind: "User" | "Group";
      readonly name: string;
      readonly apiGroup: "rbac.authorization.k8s.io";
    };

export type SubjectArguments = {
  readonly serviceaccount?: readonly string[] | undefined;
  readonly "for-user"?: readonly string[] | undefined;
  readonly "for-group"?: readonly string[] | undefined;
};

/**
 * @returns none when no flag names one
 * @throws ArkError Usage for a service account that is not NAMESPACE:NAME (as kubectl create rolebinding)
 */
export function readSubjects(flags: SubjectArguments): Subject[] {
  const apiGroup = "rbac.authorization.k8s.io";
  const named = (kind: "User" | "Group", names: readonly string[] = []): Subject[] =>
    names.map((name) => ({ kind, name: assertName(name, kind), apiGroup }));
  return [
    ...(flags.serviceaccount ?? []).map(toServiceAccount),
    ...named("User", flags["for-user"]),
    ...named("Group", flags["for-group"]),
  ];
}

function toServiceAccount(text: string): Subject {
  const [namespace, name, ...rest] = text.split(":");
  if (namespace && name && rest.length === 0) return { kind: "ServiceAccount", name, namespace };
  throw new ArkError("Usage", `--serviceaccount: "${text}" is not of the form NAMESPACE:NAME`);
}

function assertName(name: string, kind: "User" | "Group"): string {
  if (name !== "") return name;
  throw new ArkError("Usage", `--for-${kind.toLowerCase()} is empty`);
}
