/** The Status objects of a real API server, with its own words. */
export type Status = {
  readonly kind: "Status";
  readonly apiVersion: "v1";
  readonly metadata: { readonly continue?: string };
  readonly status: "Success" | "Failure";
  readonly message?: string;
  readonly reason?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly code: number;
};

export type FailureParts = {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly continueToken?: string;
};

export function failure(parts: FailureParts): Status {
  return {
    kind: "Status",
    apiVersion: "v1",
    metadata: parts.continueToken === undefined ? {} : { continue: parts.continueToken },
    status: "Failure",
    message: parts.message,
    reason: parts.reason,
    ...(parts.details === undefined ? {} : { details: parts.details }),
    code: parts.code,
  };
}

type Target = { readonly group: string; readonly resource: string };

function detailsOf(target: Target, name: string): Record<string, unknown> {
  return {
    name,
    ...(target.group === "" ? {} : { group: target.group }),
    kind: target.resource,
  };
}

/** "pods" or "deployments.apps", as messages name a resource. */
export function qualified(target: Target): string {
  return target.group === "" ? target.resource : `${target.resource}.${target.group}`;
}

export function notFound(target: Target, name: string): Status {
  return failure({
    code: 404,
    reason: "NotFound",
    message: `${qualified(target)} "${name}" not found`,
    details: detailsOf(target, name),
  });
}

export function noSuchResource(): Status {
  return failure({
    code: 404,
    reason: "NotFound",
    message: "the server could not find the requested resource",
    details: {},
  });
}

export function alreadyExists(target: Target, name: string): Status {
  return failure({
    code: 409,
    reason: "AlreadyExists",
    message: `${qualified(target)} "${name}" already exists`,
    details: detailsOf(target, name),
  });
}

export function conflict(target: Target, name: string): Status {
  return failure({
    code: 409,
    reason: "Conflict",
    message: `Operation cannot be fulfilled on ${qualified(target)} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
    details: detailsOf(target, name),
  });
}

export function badRequest(message: string): Status {
  return failure({ code: 400, reason: "BadRequest", message });
}

/** A 422 for one field, as validation and admission give it. */
export function invalid(kind: string, name: string, field: string, problem: string): Status {
  return failure({
    code: 422,
    reason: "Invalid",
    message: `${kind} "${name}" is invalid: ${field}: ${problem}`,
    details: { name, kind, causes: [{ reason: "FieldValueInvalid", message: problem, field }] },
  });
}

export function unauthorized(): Status {
  return failure({ code: 401, reason: "Unauthorized", message: "Unauthorized" });
}

export function methodNotAllowed(): Status {
  return failure({
    code: 405,
    reason: "MethodNotAllowed",
    message: "the server does not allow this method on the requested resource",
    details: {},
  });
}

export function expired(continueToken: string): Status {
  return failure({
    code: 410,
    reason: "Expired",
    message:
      "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.",
    continueToken,
  });
}
