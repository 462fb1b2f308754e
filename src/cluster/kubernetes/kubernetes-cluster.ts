import type { Clock } from "../../lib/clock.ts";
import { ArkError } from "../../lib/errors.ts";
import type {
  ApiResource,
  Cluster,
  ListOptions,
  ListPage,
  RawObject,
  WriteOptions,
} from "../cluster.ts";
import { rawObjectFromJson } from "../raw-object.ts";
import {
  accessReviewRequest,
  readAccessReview,
  readRulesReview,
  rulesReviewRequest,
} from "./access-reviews.ts";
import { initialCompression, observeTransfer } from "./compression-choice.ts";
import type { Connection } from "./connection.ts";
import { discoverResources } from "./discovery.ts";
import type { ExecOptions } from "./exec.ts";
import { parseJsonRecord, textField } from "./json-fields.ts";
import { type ListTransport, listPages } from "./list-pages.ts";
import {
  createRequest,
  deleteRequest,
  getRequest,
  patchRequest,
  versionRequest,
} from "./object-requests.ts";
import type { ApiRequest, ApiResponse, SendRequest } from "./requests.ts";
import { type RetryPolicy, retryRequests } from "./retrying-requests.ts";
import { toArkError } from "./status-error.ts";

export type KubernetesClusterOptions = {
  readonly clock: Clock;
  /** As kubectl's --disable-compression. */
  readonly disableCompression?: boolean;
  readonly retry?: RetryPolicy;
  /** Told of each request that is sent again, and why. */
  readonly onRetry?: (description: string) => void;
  readonly exec?: ExecOptions;
};

/** A busy or restarting API server is back within a minute; later than that the user should know. */
const defaultRetry: RetryPolicy = {
  maxAttempts: 8,
  budgetMs: 60_000,
  baseDelayMs: 250,
  maxDelayMs: 10_000,
};

/** The Cluster behind `connection`, whose requests are repeated where that is safe. */
export function createKubernetesCluster(
  connection: Connection,
  options: KubernetesClusterOptions,
): Cluster {
  const { retry = defaultRetry } = options;
  const send = retryingSend(connection.send, retry, options);
  const sendToGroup = retryingSend(connection.send, { ...retry, maxAttempts: 2 }, options);
  const transport = measuringTransport(send, options.disableCompression ?? false);
  return {
    identity: connection.identity,
    discover: (signal) => discoverResources({ send, sendToGroup }, signal),
    serverVersion: (signal) => readServerVersion(send, signal),
    list: (resource: ApiResource, listOptions: ListOptions, signal): AsyncIterable<ListPage> =>
      listPages(transport, { resource, options: listOptions }, signal),
    get: (resource, target, signal) => readObject(send, () => getRequest(resource, target), signal),
    create: (resource, object, writeOptions: WriteOptions, signal) =>
      readObject(send, () => createRequest(resource, object, writeOptions), signal),
    patch: (request, signal) => readObject(send, () => patchRequest(request), signal),
    async delete(resource, target, signal) {
      const request = deleteRequest(resource, target);
      const response = await send(request, signal);
      if (!isSuccess(response) && response.status !== 404) throw toArkError(response, request);
    },
    reviewRules: async (namespace, signal) =>
      readRulesReview(await sendOrThrow(send, rulesReviewRequest(namespace), signal)),
    reviewAccess: async (right, signal) =>
      readAccessReview(await sendOrThrow(send, accessReviewRequest(right), signal)),
    async exec(request, signal) {
      const { execInContainer } = await import("./exec.ts");
      return execInContainer(request, connection, options.exec ?? {}, signal);
    },
  };
}

function retryingSend(
  send: SendRequest,
  retry: RetryPolicy,
  { clock, onRetry }: KubernetesClusterOptions,
): SendRequest {
  return retryRequests(send, retry, { clock, random: Math.random, ...(onRetry && { onRetry }) });
}

function measuringTransport(send: SendRequest, disableCompression: boolean): ListTransport {
  let compression = initialCompression({ disableCompression });
  return {
    send,
    wantsGzip: () => compression.gzip,
    observe(transfer) {
      compression = observeTransfer(compression, transfer);
    },
  };
}

async function readObject(
  send: SendRequest,
  makeRequest: () => ApiRequest,
  signal: AbortSignal,
): Promise<RawObject> {
  const request = makeRequest();
  const response = await sendOrThrow(send, request, signal);
  try {
    return rawObjectFromJson(response.body);
  } catch (cause) {
    throw invalidAnswer(request, cause);
  }
}

async function sendOrThrow(
  send: SendRequest,
  request: ApiRequest,
  signal: AbortSignal,
): Promise<ApiResponse> {
  const response = await send(request, signal);
  if (!isSuccess(response)) throw toArkError(response, request);
  return response;
}

async function readServerVersion(send: SendRequest, signal: AbortSignal): Promise<string> {
  const request = versionRequest();
  const response = await sendOrThrow(send, request, signal);
  const version = textField(parseJsonRecord(response.body) ?? {}, "gitVersion");
  if (version === undefined) throw invalidAnswer(request);
  return version;
}

function isSuccess({ status }: ApiResponse): boolean {
  return status >= 200 && status < 300;
}

function invalidAnswer(request: ApiRequest, cause?: unknown): ArkError {
  return new ArkError("ServerError", `the server's answer is not valid (${request.purpose})`, {
    cause,
    hint: "Check that the kubeconfig's server is a Kubernetes API server.",
  });
}
