import { ArkError, hasCode, throwIfAborted } from "../../lib/errors.ts";
import type { ApiResource, ListOptions, ListPage, RawObject } from "../cluster.ts";
import { groupResourceOf } from "../group-resource.ts";
import { parseJsonRecord, recordField, textField } from "./json-fields.ts";
import type { ApiRequest, ApiResponse, SendRequest } from "./requests.ts";
import { collectionPath, describeCollection } from "./resource-path.ts";
import { type SplitList, splitList } from "./split-list.ts";
import { toArkError } from "./status-error.ts";

/** As kubectl; smaller pages cost the server 6 to 9 ms each, larger ones gain nothing. */
const PAGE_SIZE = 500;
const SMALLEST_PAGE_SIZE = 25;
/** Pages beyond this are asked for in halves from then on, to bound memory. */
const LARGE_PAGE_BYTES = 32 * 1024 * 1024;
const MAX_RESTARTS = 2;
const MAX_REREADS = 2;

export type ListRequest = {
  readonly resource: ApiResource;
  readonly options: ListOptions;
};

export type ListTransport = {
  readonly send: SendRequest;
  /** Asked before each page. */
  wantsGzip(): boolean;
  /** Told about each page that came. */
  observe(transfer: ApiResponse["transfer"]): void;
};

/** A page, and what to ask next. */
type Step = { readonly page: ListPage; readonly isLast: boolean };

/**
 * Lists a resource page by page; see Cluster.list. When the server has forgotten the list half way (410 Gone) it is
 * started again, at most twice, leaving out what was given before; then it goes on with the token that the server
 * offers, which may miss or mix changes made meanwhile, and a page's warning says so.
 * @throws ArkError ServerError when a page stays unreadable, otherwise as Cluster.list
 */
export async function* listPages(
  transport: ListTransport,
  request: ListRequest,
  signal: AbortSignal,
): AsyncGenerator<ListPage, void, undefined> {
  throwIfAborted(signal);
  const ending = new AbortController();
  const reader = new ListReader(transport, request, AbortSignal.any([signal, ending.signal]));
  try {
    let step = await reader.read();
    while (!step.isLast) {
      const ahead = quietly(reader.read());
      if (isWorthGiving(step.page)) yield step.page;
      step = await ahead;
    }
    if (isWorthGiving(step.page)) yield step.page;
  } finally {
    ending.abort();
  }
}

/** Its failure is looked at later, or never when the consumer stops first. */
function quietly<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

function isWorthGiving(page: ListPage): boolean {
  return page.items.length > 0 || page.warning !== undefined;
}

/** Where a list stands. */
class ListReader {
  readonly #transport: ListTransport;
  readonly #request: ListRequest;
  readonly #signal: AbortSignal;
  readonly #given = new Set<string>();
  #token = "";
  #pageSize = PAGE_SIZE;
  #restarts = 0;
  #warning: string | undefined;

  constructor(transport: ListTransport, request: ListRequest, signal: AbortSignal) {
    this.#transport = transport;
    this.#request = request;
    this.#signal = signal;
  }

  /** The next page; not to be called again before it is there, nor after the last. */
  async read(): Promise<Step> {
    const list = await this.#readList();
    const isLast = list.continueToken === "";
    const page = this.#toPage(list, isLast);
    this.#token = list.continueToken;
    return { page, isLast };
  }

  #toPage(list: SplitList, isLast: boolean): ListPage {
    const items = this.#restarts === 0 ? list.items : this.#notGiven(list.items);
    if (!isLast) for (const item of items) this.#given.add(keyOf(item));
    const warning = this.#warning;
    this.#warning = undefined;
    return warning === undefined ? { items } : { items, warning };
  }

  #notGiven(items: readonly RawObject[]): readonly RawObject[] {
    return items.filter((item) => !this.#given.has(keyOf(item)));
  }

  async #readList(): Promise<SplitList> {
    for (let attempt = 0; ; attempt++) {
      const body = await this.#fetchBody();
      try {
        return splitList(body, this.#request.resource);
      } catch (error) {
        if (attempt >= MAX_REREADS || !hasCode(error, "ServerError")) throw error;
      }
    }
  }

  async #fetchBody(): Promise<Uint8Array> {
    let hasFreshToken = false;
    for (;;) {
      const request = this.#pageRequest();
      const response = await this.#transport.send(request, this.#signal);
      if (response.status === 200) return this.#accept(response);
      if (response.status !== 410) throw toArkError(response, request);
      if (this.#token === "" || hasFreshToken) throw expiredError(response, request);
      hasFreshToken = this.#goOnAfterGone(response, request);
    }
  }

  #accept(response: ApiResponse): Uint8Array {
    this.#transport.observe(response.transfer);
    if (response.body.length > LARGE_PAGE_BYTES)
      this.#pageSize = Math.max(SMALLEST_PAGE_SIZE, Math.floor(this.#pageSize / 2));
    return response.body;
  }

  /** Whether it goes on with a token from the server, instead of starting again. */
  #goOnAfterGone(response: ApiResponse, request: ApiRequest): boolean {
    if (this.#restarts < MAX_RESTARTS) {
      this.#restarts++;
      this.#token = "";
      return false;
    }
    const token = continueTokenOf(response.body);
    if (token === "") throw expiredError(response, request);
    this.#token = token;
    this.#warning =
      `the list of ${groupResourceOf(this.#request.resource)} expired on the server more than ` +
      `${MAX_RESTARTS} times before its end and went on from a later state: changes made meanwhile may be mixed in`;
    return true;
  }

  #pageRequest(): ApiRequest {
    const { resource, options } = this.#request;
    const query: (readonly [string, string])[] = [["limit", String(this.#pageSize)]];
    if (options.labelSelector !== undefined && options.labelSelector !== "")
      query.push(["labelSelector", options.labelSelector]);
    if (this.#token !== "") query.push(["continue", this.#token]);
    return {
      method: "GET",
      path: collectionPath(resource, options.namespace),
      query,
      headers: { accept: "application/json" },
      purpose: `list ${describeCollection(resource, options.namespace)}`,
      gzip: this.#transport.wantsGzip(),
    };
  }
}

function keyOf({ metadata }: RawObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

function expiredError(response: ApiResponse, request: ApiRequest): ArkError {
  return new ArkError("ServerError", toArkError(response, request).message);
}

function continueTokenOf(status: Uint8Array): string {
  const metadata = recordField(parseJsonRecord(status) ?? {}, "metadata");
  return textField(metadata, "continue") ?? "";
}
