import type { ArkError } from "../../src/lib/errors.ts";
import type { AccessRight, AccessRule, ApiResource } from "../../src/cluster/cluster.ts";
import { groupResourceOf } from "../../src/cluster/group-resource.ts";

export type Verb = "list" | "get" | "create" | "patch" | "delete" | "discover";

export type Failure = {
  readonly verb: Verb;
  /** "pods", "deployments.apps"; absent: any. */
  readonly resource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly error: ArkError;
  /** How often it fails; absent: always. */
  readonly times?: number;
};

/** What is asked of the cluster. */
export type Call = {
  readonly verb: Verb;
  readonly resource?: ApiResource;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
};

/** The failures that a test has ordered. */
export class MemoryFailures {
  readonly #failures: { readonly failure: Failure; left: number }[] = [];

  add(failure: Failure): void {
    this.#failures.push({ failure, left: failure.times ?? Infinity });
  }

  /** @throws ArkError of the first failure that fits `call` */
  check(call: Call): void {
    const hit = this.#failures.find(({ failure, left }) => left > 0 && fits(failure, call));
    if (hit === undefined) return;
    hit.left--;
    throw hit.failure.error;
  }

  /** A rule for each resource, and for "pods/exec", with the verbs that no failure forbids in the namespace. */
  rulesBeside(resources: readonly ApiResource[], namespace: string): AccessRule[] {
    return resources.flatMap(({ group, resource, verbs }) => {
      const names = resource === "pods" ? [resource, "pods/exec"] : [resource];
      return names.map((name) => ({
        verbs: verbs.filter((verb) => !this.forbids({ verb, group, resource: name, namespace })),
        apiGroups: [group],
        resources: [name],
        resourceNames: [],
      }));
    });
  }

  /** Whether a failure says that the user may not do it, whatever the object's name. Uses up none. */
  forbids(right: AccessRight): boolean {
    const { verb, namespace } = right;
    const groupResource = groupResourceOf(right);
    return this.#failures.some(
      ({ failure, left }) =>
        left > 0 &&
        failure.error.code === "Forbidden" &&
        failure.verb === verb &&
        failure.name === undefined &&
        (failure.resource === undefined || failure.resource === groupResource) &&
        (failure.namespace === undefined || failure.namespace === namespace),
    );
  }
}

function fits(failure: Failure, call: Call): boolean {
  const resource = call.resource && groupResourceOf(call.resource);
  return (
    failure.verb === call.verb &&
    (failure.resource === undefined || failure.resource === resource) &&
    (failure.namespace === undefined || failure.namespace === call.namespace) &&
    (failure.name === undefined || failure.name === call.name)
  );
}
