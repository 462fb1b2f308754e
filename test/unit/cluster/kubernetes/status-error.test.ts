import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApiResponse } from "../../../../src/cluster/kubernetes/requests.ts";
import { attemptsHeader } from "../../../../src/cluster/kubernetes/retrying-requests.ts";
import { toArkError } from "../../../../src/cluster/kubernetes/status-error.ts";
import { getPods } from "../../../support/connection-environment.ts";

function answer(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): ApiResponse {
  const bytes = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  return { status, headers, body: bytes, transfer: { wireBytes: bytes.length, bodyMs: 0 } };
}

function statusBody(code: number, reason: string, message = "the server says so"): object {
  return { kind: "Status", apiVersion: "v1", status: "Failure", code, reason, message };
}

test("status and reason decide the code", () => {
  const cases: readonly (readonly [status: number, reason: string, code: string])[] = [
    [400, "BadRequest", "RequestRejected"],
    [401, "Unauthorized", "Unauthorized"],
    [403, "Forbidden", "Forbidden"],
    [404, "NotFound", "NotFound"],
    [405, "MethodNotAllowed", "RequestRejected"],
    [409, "AlreadyExists", "AlreadyExists"],
    [409, "Conflict", "Conflict"],
    [409, "", "Conflict"],
    [410, "Expired", "RequestRejected"],
    [422, "Invalid", "RequestRejected"],
    [429, "TooManyRequests", "ServerError"],
    [500, "InternalError", "ServerError"],
    [503, "ServiceUnavailable", "ServerError"],
    [504, "Timeout", "ServerError"],
    [302, "", "ServerError"],
  ];
  for (const [status, reason, code] of cases) {
    const error = toArkError(answer(status, statusBody(status, reason)), getPods);
    assert.equal(error.code, code, `${status} ${reason}`);
    assert.equal(error.message, "cannot list pods: the server says so");
  }
});

function hintFor(refused: string): string {
  const message = `x is forbidden: User "jane" cannot ${refused}`;
  return toArkError(answer(403, statusBody(403, "Forbidden", message)), getPods).hint ?? "none";
}

test("a refused list of all namespaces hints at -n, and names the permission", () => {
  const hint = hintFor('list resource "pods" in API group "" at the cluster scope');
  assert.equal(
    hint,
    "Name a namespace that you may use with -n NAMESPACE. Or ask for this permission; " +
      "`kubectl auth can-i list pods -A` says when you have it.",
  );
});

test("other refusals name the permission in the form of kubectl auth can-i", () => {
  const cases: readonly (readonly [refused: string, canI: string])[] = [
    [
      'patch resource "deployments" in API group "apps" in the namespace "shop"',
      "patch deployments.apps -n shop",
    ],
    [
      'create resource "pods/exec" in API group "" in the namespace "shop"',
      "create pods --subresource=exec -n shop",
    ],
    ['impersonate resource "users" in API group "" at the cluster scope', "impersonate users"],
    ['get path "/version"', "get /version"],
  ];
  for (const [refused, canI] of cases) {
    const ask = `Ask for this permission; \`kubectl auth can-i ${canI}\` says when you have it.`;
    assert.equal(hintFor(refused), ask);
  }
});

test("a 403 that no permission would change, or with hostile names, has no hint", () => {
  for (const refused of [
    'do that: exceeded quota: "small"',
    'list resource "pods; rm -rf ~" in API group "" at the cluster scope',
    'list resource "pods" in API group "" in the namespace "`id`"',
    'get path "/x`id`"',
  ]) {
    assert.equal(hintFor(refused), "none", refused);
  }
  assert.equal(toArkError(answer(403, "blocked by policy"), getPods).hint, undefined);
});

test("a web page is named as one, by its title", () => {
  const page = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>…</body></html>";
  for (const headers of [{ "content-type": "text/html" }, {}]) {
    const error = toArkError(answer(502, page, headers), getPods);
    assert.equal(error.code, "ServerError");
    assert.match(error.message, /answered 502 with a web page.*: Sign in$/);
  }
});

test("a page without title gives its words without tags and scripts", () => {
  const page = "<html><script>var x = 1;</script><body><h1>Bad</h1>\n<p>gateway</p></body></html>";
  assert.match(toArkError(answer(502, page), getPods).message, /: Bad gateway$/);
});

function said(body: unknown): string {
  return toArkError(answer(503, body), getPods).message;
}

test("plain text, an empty body and JSON that is no Status are told with the status", () => {
  assert.equal(
    said("no healthy upstream\n"),
    "cannot list pods: the server answered 503: no healthy upstream",
  );
  assert.equal(said(""), "cannot list pods: the server answered 503");
  assert.match(said({ error: "x" }), /the server answered 503: \{"error":"x"\}/);
  assert.match(said({ kind: "Status", message: 7 }), /the server answered 503/);
});

test("huge bodies are cut", () => {
  const text = toArkError(answer(500, "x".repeat(5_000_000)), getPods);
  assert.ok(text.message.length < 400);
  const json = toArkError(answer(422, statusBody(422, "Invalid", "y".repeat(100_000))), getPods);
  assert.ok(json.message.length < 1200);
  const page = toArkError(answer(500, `<html>${"<p>".repeat(200_000)}`), getPods);
  assert.ok(page.message.length < 400);
});

test("control characters and terminal escapes of a server are not printed", () => {
  const message = "bad\u001b[2J\u001b]0;title\u0007 name\r\nsecond\u0000line";
  const error = toArkError(answer(422, statusBody(422, "Invalid", message)), getPods);
  // oxlint-disable-next-line no-control-regex -- that is what is looked for
  assert.doesNotMatch(error.message, /[\u0000-\u001f]/);
  assert.match(error.message, /bad.* name second line/);
});

test("a redirect names its target", () => {
  const error = toArkError(answer(301, "", { location: "https://login.example.com/" }), getPods);
  assert.match(error.message, /301, a redirect to https:\/\/login\.example\.com\//);
});

test("attempts that were given up stand in the message", () => {
  const headers = { [attemptsHeader]: "gave up after 3 attempts in 4.0 s" };
  const error = toArkError(answer(503, statusBody(503, "x", "not ready"), headers), getPods);
  assert.equal(error.message, "cannot list pods: not ready (gave up after 3 attempts in 4.0 s)");
});
