import type { ArkError } from "../../src/lib/errors.ts";
import type { ApiResource } from "../../src/cluster/cluster.ts";
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
