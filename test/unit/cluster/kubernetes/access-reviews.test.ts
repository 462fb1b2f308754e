import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  accessReviewRequest,
  readAccessReview,
  readRulesReview,
  rulesReviewRequest,
} from "../../../../src/cluster/kubernetes/access-reviews.ts";
import type { ApiResponse } from "../../../../src/cluster/kubernetes/requests.ts";
import { hasCode } from "../../../../src/lib/errors.ts";

function answer(body: unknown): ApiResponse {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const bytes = Buffer.from(text);
  return { status: 201, headers: {}, body: bytes, transfer: { wireBytes: 0, bodyMs: 0 } };
}

const isServerError = (error: unknown): boolean => hasCode(error, "ServerError");
const rule = { verbs: ["get"], apiGroups: [""], resources: ["pods"] };

function bodyOf({ body }: { readonly body?: string | Uint8Array }): unknown {
  return JSON.parse(String(body));
}

describe("the question for all rules", () => {
  it("names the namespace", () => {
    const request = rulesReviewRequest("shop");
    assert.equal(request.path, "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews");
    assert.deepEqual(bodyOf(request), {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectRulesReview",
      spec: { namespace: "shop" },
    });
  });

  it("is answered by rules, which are complete only when the server says so and no authorizer failed", () => {
    const read = (more: object) =>
      readRulesReview(answer({ status: { resourceRules: [rule], ...more } }));
    assert.deepEqual(read({ incomplete: false }), {
      rules: [{ ...rule, resourceNames: [] }],
      isComplete: true,
    });
    const others = [
      {},
      { incomplete: true },
      { incomplete: "false" },
      {
        incomplete: false,
        evaluationError: "webhook authorizer does not support user rule resolution",
      },
    ];
    assert.deepEqual(
      others.map((more) => read(more).isComplete),
      [false, false, false, false],
    );
  });

  it("takes rules of another form for rules that allow nothing", () => {
    const odd = [
      null,
      7,
      "get pods",
      [],
      {},
      { verbs: "get", apiGroups: {}, resources: 1 },
      { ...rule, resourceNames: "db" },
      { ...rule, resourceNames: [7] },
      { ...rule, resourceNames: { 0: "db" } },
    ];
    const status = { resourceRules: odd, incomplete: false };
    const { rules } = readRulesReview(answer({ status }));
    assert.deepEqual(
      rules.map(({ verbs, resources }) => verbs.length * resources.length),
      rules.map(() => 0),
    );
    assert.ok(rules.length > 0);
  });

  it("is refused as an answer when it is none", () => {
    const others = [
      "",
      "<html>",
      "[]",
      "null",
      {},
      { status: null },
      { status: "ok" },
      { status: {} },
    ];
    for (const body of [...others, { status: { resourceRules: {} } }]) {
      assert.throws(() => readRulesReview(answer(body)), isServerError, JSON.stringify(body));
    }
  });
});

describe("the question for one right", () => {
  it("has the subresource by itself, and leaves out what is not said", () => {
    const exec = { verb: "create", group: "", resource: "pods/exec", namespace: "shop" };
    assert.deepEqual(bodyOf(accessReviewRequest(exec)), {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SelfSubjectAccessReview",
      spec: {
        resourceAttributes: {
          verb: "create",
          group: "",
          resource: "pods",
          subresource: "exec",
          namespace: "shop",
        },
      },
    });
  });

  it("is answered by yes or no and nothing else", () => {
    assert.equal(readAccessReview(answer({ status: { allowed: true } })), true);
    assert.equal(readAccessReview(answer({ status: { allowed: false, denied: true } })), false);
    for (const body of [
      "",
      "{",
      {},
      { status: {} },
      { status: { allowed: "true" } },
      { status: [] },
    ]) {
      assert.throws(() => readAccessReview(answer(body)), isServerError, JSON.stringify(body));
    }
  });
});
