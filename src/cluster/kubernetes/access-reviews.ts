import { ArkError } from "../../lib/errors.ts";
import type { AccessRight, AccessRule, RulesReview } from "../cluster.ts";
import {
  isJsonRecord,
  type JsonRecord,
  parseJsonRecord,
  recordsField,
  textField,
  textsField,
} from "./json-fields.ts";
import type { ApiRequest, ApiResponse } from "./requests.ts";

const API = "authorization.k8s.io/v1";
const JSON_TYPE = "application/json";

/** Asks for all rules of the user in a namespace (a SelfSubjectRulesReview). */
export function rulesReviewRequest(namespace: string): ApiRequest {
  return reviewRequest("SelfSubjectRulesReview", { namespace }, "list the permissions of the user");
}

/** Asks for one right of the user (a SelfSubjectAccessReview). */
export function accessReviewRequest(right: AccessRight): ApiRequest {
  const { verb, group, namespace, name } = right;
  const [resource, subresource] = right.resource.split("/");
  const resourceAttributes = { verb, group, resource, subresource, namespace, name };
  const purpose = `ask for the permission to ${verb} ${right.resource}`;
  return reviewRequest("SelfSubjectAccessReview", { resourceAttributes }, purpose);
}

function reviewRequest(kind: string, spec: JsonRecord, purpose: string): ApiRequest {
  return {
    method: "POST",
    path: `/apis/${API}/${kind.toLowerCase()}s`,
    headers: { accept: JSON_TYPE, "content-type": JSON_TYPE },
    body: JSON.stringify({ apiVersion: API, kind, spec }),
    purpose,
  };
}

/**
 * Rules that are not of the form that they should be allow nothing.
 * @throws ArkError ServerError
 */
export function readRulesReview({ body }: ApiResponse): RulesReview {
  const status = statusOf(body);
  if (!Array.isArray(status["resourceRules"])) throw noReview();
  const isComplete =
    status["incomplete"] === false && textField(status, "evaluationError") === undefined;
  return { rules: recordsField(status, "resourceRules").map(toRule), isComplete };
}

/** @throws ArkError ServerError */
export function readAccessReview({ body }: ApiResponse): boolean {
  const { allowed } = statusOf(body);
  if (typeof allowed !== "boolean") throw noReview();
  return allowed;
}

function statusOf(body: Uint8Array): JsonRecord {
  const status = parseJsonRecord(body)?.["status"];
  if (!isJsonRecord(status)) throw noReview();
  return status;
}

function noReview(): ArkError {
  return new ArkError("ServerError", "the server's answer is no review of permissions");
}

function toRule(rule: JsonRecord): AccessRule {
  const resourceNames = textsField(rule, "resourceNames");
  // A restriction that cannot be read must not become "all objects".
  const isReadable = isListOf(resourceNames.length, rule["resourceNames"]);
  return {
    verbs: isReadable ? textsField(rule, "verbs") : [],
    apiGroups: textsField(rule, "apiGroups"),
    resources: textsField(rule, "resources"),
    resourceNames,
  };
}

function isListOf(length: number, value: unknown): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.length === length);
}
