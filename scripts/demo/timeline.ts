import type { FakeRequest } from "../../test/support/fake-api-server/message.ts";
import type { StorageEvent } from "./snapshot-storage.ts";

/** A pod with its claim, and what the API server and the storage saw while it was backed up. */
export type Scene = {
  readonly pod: string;
  readonly claim: string;
  readonly requests: readonly FakeRequest[];
  readonly events: readonly StorageEvent[];
};

type Step = { readonly pod: string; readonly line: string };

/** What the storage does is no request. */
const STORAGE = "(storage)";

/**
 * From the first command in the pod to the last one: commands, objects that were created or read one by one, what the
 * storage did with the claim's snapshot; then what it did with it later. Looking again and again is told once.
 */
export function timelineOf({ pod, claim, requests, events }: Scene): string[] {
  const own = events.filter((event) => event.claim === claim);
  const steps = [...requests, undefined].flatMap((request, index) => [
    ...own.filter(({ afterRequests }) => afterRequests === index).map(toStep),
    ...(request === undefined ? [] : toSteps(request)),
  ]);
  const from = steps.findIndex((step) => step.pod === pod);
  const to = steps.findLastIndex((step) => step.pod === pod);
  const later = steps.slice(to + 1).filter(({ line }) => line.startsWith(STORAGE));
  const lines = [...steps.slice(from, to + 1), ...later].map(({ line }) => line);
  return lines.filter((line, index) => line !== lines[index - 1]);
}

/** @throws Error unless each beginning is that of one line only, and these lines come in this order */
export function assertOrder(lines: readonly string[], beginnings: readonly string[]): void {
  let last = -1;
  for (const beginning of beginnings) {
    const found = lines.filter((line) => line.startsWith(beginning));
    if (found.length !== 1) throw new Error(`seen ${found.length} times: ${beginning}`);
    const index = lines.findIndex((line) => line.startsWith(beginning));
    if (index < last) throw new Error(`seen too early: ${beginning}`);
    last = index;
  }
}

function toStep({ kind, claim, frozen }: StorageEvent): Step {
  const state = frozen.length === 0 ? "nothing is frozen" : `frozen: ${frozen.join(", ")}`;
  return { pod: "", line: `${STORAGE} snapshot of ${claim} is ${kind}; ${state}` };
}

function toSteps({ method, path, query, body }: FakeRequest): Step[] {
  const parts = path.split("/").filter(Boolean).map(decodeURIComponent);
  if (path.endsWith("/exec")) {
    const pod = parts[5] ?? "";
    return [{ pod, line: `run in ${pod}: ${describeCommand(query.getAll("command"))}` }];
  }
  const [resource = "", name] = resourceIn(parts);
  if (method === "POST") return [{ pod: "", line: `create ${resource}/${nameIn(body)}` }];
  if (method !== "GET" || name === undefined) return [];
  const isLook = /^volumesnapshot(?:content)?s$/.test(resource);
  return [{ pod: "", line: isLook ? "look whether it is cut" : `read ${resource}/${name}` }];
}

/** "pods" and "web" of /api/v1/namespaces/shop/pods/web. */
function resourceIn(parts: readonly string[]): readonly string[] {
  const rest = parts.slice(parts[0] === "api" ? 2 : 3);
  return rest[0] === "namespaces" && rest.length > 2 ? rest.slice(2) : rest;
}

function nameIn(body: string): string {
  const object: { readonly metadata?: { readonly name?: string } } = JSON.parse(body);
  return object.metadata?.name ?? "";
}

/** The guard's script is no reading for a demo. */
function describeCommand(command: readonly string[]): string {
  return command.includes("kubectl-ark-guard") ? "(the guard)" : command.join(" ");
}
