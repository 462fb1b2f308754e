import type { SendRequest } from "./requests.ts";

export type Renewal = {
  /** Changes with each renewal. */
  generation(): number;
  renew(): void;
};

/**
 * Sends a request again, once, after a 401 with renewed credentials. Requests refused together renew only once.
 * Repeating is safe for every method: a 401 is answered before the request is looked at.
 */
export function renewOnUnauthorized(send: SendRequest, renewal: Renewal): SendRequest {
  return async (request, signal) => {
    const usedGeneration = renewal.generation();
    const response = await send(request, signal);
    if (response.status !== 401) return response;
    if (renewal.generation() === usedGeneration) renewal.renew();
    return send(request, signal);
  };
}
