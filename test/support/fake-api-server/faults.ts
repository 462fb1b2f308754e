import type { FakeRequest, FakeResponse } from "./message.ts";
import { statusResponse } from "./message.ts";
import { failure } from "./status.ts";

/** A way to misbehave. Those of `HttpFault` also meet the upgrade request of an exec. */
export type Fault = HttpFault | ExecFault;

export type HttpFault =
  /** Answer properly, but only after `delayMs`. */
  | { readonly kind: "delay"; readonly delayMs: number }
  /** Answer properly once the promise resolves. */
  | { readonly kind: "hold"; readonly until: Promise<void> }
  /** Never answer; the connection stays open. */
  | { readonly kind: "neverAnswer" }
  | { readonly kind: "resetBeforeHeaders" }
  /** Headers and a part of the body, then a reset. */
  | { readonly kind: "resetAfterHeaders" }
  /** content-length of the whole body, `keepBytes` of it (default: half), then a proper end of the connection. */
  | { readonly kind: "truncateBody"; readonly keepBytes?: number }
  | { readonly kind: "respond"; readonly response: FakeResponse }
  /** 410 for a continued list, with a token to go on inconsistently. */
  | { readonly kind: "expired" };

/** Met after the upgrade was accepted. */
export type ExecFault =
  /** The TCP connection ends, without a close frame. */
  | { readonly kind: "dropBeforeOutput" }
  | { readonly kind: "dropAfterOutput" }
  | { readonly kind: "dropBeforeStatus" }
  | { readonly kind: "dropAfterStatus" }
  /** A proper close frame, but no status. */
  | { readonly kind: "closeWithoutStatus"; readonly code?: number; readonly reason?: string }
  /** This text as the status, in one frame or in several. */
  | { readonly kind: "status"; readonly text: string; readonly piecesOfBytes?: number }
  /** These messages before the first output; a string is sent as a text message. */
  | { readonly kind: "frames"; readonly frames: readonly (Uint8Array | string)[] }
  /** The v5 CLOSE frame for stdout before the status. */
  | { readonly kind: "closeStdout" }
  /** Pings go unanswered from the start; the command runs on. */
  | { readonly kind: "ignorePings" }
  /** Nothing that the client sends is read, its close frame included. */
  | { readonly kind: "ignoreClient" }
  /** A pause before each output frame. */
  | { readonly kind: "slowOutput"; readonly delayMs: number };

export type FaultRule = {
  readonly match: (request: FakeRequest) => boolean;
  /** How often it strikes; 1 when absent, Infinity for always. */
  readonly times?: number;
  readonly fault: Fault;
};

export class FaultPlan {
  #rules: { rule: FaultRule; left: number }[] = [];

  add(rule: FaultRule): void {
    this.#rules.push({ rule, left: rule.times ?? 1 });
  }

  clear(): void {
    this.#rules = [];
  }

  /** The oldest fault that fits, used up by one. */
  take(request: FakeRequest): Fault | undefined {
    const found = this.#rules.find(({ rule, left }) => left > 0 && rule.match(request));
    if (found === undefined) return undefined;
    found.left -= 1;
    return found.rule.fault;
  }
}

export function isExecRequest(request: FakeRequest): boolean {
  return request.path.endsWith("/exec");
}

export function respond(response: FakeResponse): Fault {
  return { kind: "respond", response };
}

/** As API Priority and Fairness refuses. */
export function tooManyRequests(retryAfterSeconds = 1): Fault {
  const message = "too many requests, please try again later.";
  return respond({
    status: 429,
    headers: { "content-type": "text/plain; charset=utf-8", "retry-after": `${retryAfterSeconds}` },
    body: message,
  });
}

export function internalError(detail = "etcdserver: request timed out"): Fault {
  const message = `Internal error occurred: ${detail}`;
  const details = { causes: [{ message: detail }] };
  return respond(statusResponse(failure({ code: 500, reason: "InternalError", message, details })));
}

export function unavailable(retryAfterSeconds = 1): Fault {
  const message = "apiserver not ready";
  const details = { retryAfterSeconds };
  return respond(
    statusResponse(failure({ code: 503, reason: "ServiceUnavailable", message, details }), {
      "retry-after": String(retryAfterSeconds),
    }),
  );
}

/** What a proxy or login page in front of the API server answers. */
export function htmlPage(status: number): Fault {
  const body = `<html><head><title>${status}</title></head><body><h1>Not the API server</h1></body></html>`;
  return respond({ status, headers: { "content-type": "text/html" }, body });
}
