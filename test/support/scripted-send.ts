import { ArkError } from "../../src/lib/errors.ts";
import type {
  ApiRequest,
  ApiResponse,
  SendRequest,
} from "../../src/cluster/kubernetes/requests.ts";

export type Sent = { readonly request: ApiRequest; readonly signal: AbortSignal };

/** A SendRequest that answers as a test says and keeps what was sent. */
export type ScriptedSend = SendRequest & { readonly sent: Sent[] };

/** `answer` is called for each request in turn; it may wait, reject, or look at the request's number. */
export function scriptedSend(
  answer: (request: ApiRequest, index: number) => ApiResponse | Promise<ApiResponse>,
): ScriptedSend {
  const sent: Sent[] = [];
  const send: SendRequest = async (request, signal) => {
    const index = sent.push({ request, signal }) - 1;
    return Promise.race([answer(request, index), rejectOnAbort(signal)]);
  };
  return Object.assign(send, { sent });
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const cancel = (): void => reject(new ArkError("Cancelled", "interrupted"));
    if (signal.aborted) cancel();
    else signal.addEventListener("abort", cancel, { once: true });
  });
}

export function jsonAnswer(
  body: unknown,
  status = 200,
  transfer: Partial<ApiResponse["transfer"]> = {},
): ApiResponse {
  return textAnswer(JSON.stringify(body), status, transfer);
}

export function textAnswer(
  text: string,
  status = 200,
  transfer: Partial<ApiResponse["transfer"]> = {},
): ApiResponse {
  const body = Buffer.from(text);
  return {
    status,
    headers: { "content-type": "application/json" },
    body,
    transfer: { wireBytes: body.length, bodyMs: 1, ...transfer },
  };
}

/** A Status as the server answers with. */
export function statusAnswer(code: number, reason: string, metadata: object = {}): ApiResponse {
  const status = { kind: "Status", apiVersion: "v1", status: "Failure" };
  return jsonAnswer({ ...status, metadata, reason, message: `it says ${reason}`, code }, code);
}

/** Value of a query parameter. */
export function queryOf(request: ApiRequest, key: string): string | undefined {
  return request.query?.find(([name]) => name === key)?.[1];
}
