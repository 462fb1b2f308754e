import { ArkError } from "../../lib/errors.ts";
import type { ExecRequest } from "../cluster.ts";
import type { ApiRequest, ApiResponse } from "./requests.ts";
import { toArkError } from "./status-error.ts";

/**
 * The error that the refusal of an exec stands for. Where the permission for a WebSocket is missing, the API server
 * says no more than `pods "app" is forbidden: `: what is missing is added in the words that it has for other refusals,
 * and how to check it, because a hook's outcome keeps the message only.
 */
export function toExecRefusal(
  response: ApiResponse,
  apiRequest: ApiRequest,
  { namespace }: Pick<ExecRequest, "namespace">,
): ArkError {
  const error = toArkError(response, apiRequest);
  if (error.code !== "Forbidden" || !error.message.endsWith(" is forbidden:")) return error;
  const what = `resource "pods/exec" in API group "" in the namespace "${namespace}"`;
  const check = `kubectl auth can-i create pods --subresource=exec -n ${namespace}`;
  return new ArkError(
    "Forbidden",
    `${error.message} User cannot create (or get) ${what} (ask for this permission; \`${check}\` says when you have it)`,
  );
}
