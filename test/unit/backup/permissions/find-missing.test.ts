import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findMissing } from "../../../../src/backup/permissions/find-missing.ts";
import { type Permission, rights } from "../../../../src/backup/permissions/permission.ts";
import type { AccessRight, AccessRule, RulesReview } from "../../../../src/cluster/cluster.ts";
import { ArkError, hasCode } from "../../../../src/lib/errors.ts";
import { MemoryCluster } from "../../../support/memory-cluster.ts";

const never = new AbortController().signal;
const pods = { group: "", resource: "pods" };
const exec = { group: "", resource: "pods/exec" };
const decisive = { use: "hooks", isDecisive: true } as const;

function rule(words: string, more: Partial<AccessRule> = {}): AccessRule {
  const [verb = "", resource = "", group = ""] = words.split(" ");
  return { verbs: [verb], apiGroups: [group], resources: [resource], resourceNames: [], ...more };
}

type Answers = {
  /** By namespace; "whole" for the cluster. Absent: no rules at all. */
  readonly rules?: Readonly<Record<string, readonly AccessRule[]>>;
  readonly isComplete?: boolean;
  readonly granted?: (right: AccessRight) => boolean;
  readonly error?: ArkError;
};

/** A server that answers as told, and notes what it is asked. */
class AskedCluster extends MemoryCluster {
  readonly asked: string[] = [];
  readonly #answers: Answers;

  constructor(answers: Answers) {
    super();
    this.#answers = answers;
  }

  override async reviewRules(namespace: string): Promise<RulesReview> {
    const place = namespace.includes("/") ? "whole" : namespace;
    this.asked.push(`rules ${place}`);
    const { error, rules = {}, isComplete = true } = this.#answers;
    if (error) throw error;
    return { rules: rules[place] ?? [], isComplete };
  }

  override async reviewAccess(right: AccessRight): Promise<boolean> {
    this.asked.push(`may ${right.verb} ${right.resource} ${right.namespace ?? "whole"}`);
    return this.#answers.granted?.(right) ?? false;
  }
}

function noAnswer(): boolean {
  throw new ArkError("ServerError", "no answer");
}

async function missingOf(wanted: readonly Permission[], answers: Answers) {
  const cluster = new AskedCluster(answers);
  const logged: string[] = [];
  const log = { write: (_level: string, message: string) => void logged.push(message) };
  const missing = await findMissing(wanted, { cluster, log }, never);
  const names = missing.map(({ verb, resource, namespace }) => `${verb} ${resource} ${namespace}`);
  return { names, asked: cluster.asked, logged };
}

describe("what is missing", () => {
  it("is found by one request where the cluster's rules allow everything", async () => {
    const wanted = [
      ...rights(["get", "list"], pods, ["shop", "web"]),
      ...rights(["get"], exec, ["shop"]),
    ];
    const rules = { whole: [rule("* * *")] };
    assert.deepEqual(await missingOf(wanted, { rules }), {
      names: [],
      asked: ["rules whole"],
      logged: [],
    });
  });

  it("is what neither the cluster's nor the namespace's rules allow", async () => {
    const wanted = [
      ...rights(["get", "list"], pods, ["shop"]),
      ...rights(["get"], { group: "", resource: "nodes" }, [undefined]),
    ];
    // A rule of the namespace says nothing of a kind that belongs to none.
    const rules = { whole: [rule("get pods")], shop: [rule("get nodes")] };
    const { names, asked } = await missingOf(wanted, { rules });
    assert.deepEqual(names, ["list pods shop", "get nodes undefined"]);
    assert.deepEqual(asked, ["rules whole", "rules shop"]);
  });

  it("is read from rules as RBAC reads them", async () => {
    const wanted = rights(["get"], exec, ["shop"]);
    const cases: readonly (readonly [AccessRule, boolean])[] = [
      [rule("get pods/exec"), true],
      [rule("get */exec"), true],
      [rule("* pods/exec"), true],
      [rule("get * *"), true],
      [rule("get pods"), false],
      [rule("get pods/*"), false],
      [rule("get pods/log"), false],
      [rule("get pods/exec apps"), false],
      [rule("create pods/exec"), false],
      [rule("get pods/exec", { resourceNames: ["db-0"] }), false],
      [rule("get pods/exec", { verbs: [] }), false],
      [{ verbs: [], apiGroups: [], resources: [], resourceNames: [] }, false],
    ];
    for (const [one, isAllowed] of cases) {
      const { names } = await missingOf(wanted, { rules: { shop: [one] } });
      assert.equal(names.length, isAllowed ? 0 : 1, JSON.stringify(one));
    }
  });

  it("is not what a rule allows for just the object that is wanted", async () => {
    const [permission] = rights(["get"], { group: "", resource: "namespaces" }, ["shop"]);
    assert.ok(permission);
    const rules = { whole: [rule("get namespaces", { resourceNames: ["web", "shop"] })] };
    assert.deepEqual((await missingOf([{ ...permission, name: "shop" }], { rules })).names, []);
    assert.equal((await missingOf([{ ...permission, name: "db" }], { rules })).names.length, 1);
  });

  it("is asked for once more where a backup would be refused, and then the server's decision counts", async () => {
    const wanted = [
      ...rights(["get", "create"], exec, ["shop"], decisive),
      ...rights(["list"], pods, ["shop"]),
    ];
    const { names, asked } = await missingOf(wanted, { granted: ({ verb }) => verb === "get" });
    assert.deepEqual(names, ["create pods/exec shop", "list pods shop"]);
    assert.deepEqual(asked, [
      "rules whole",
      "rules shop",
      "may get pods/exec shop",
      "may create pods/exec shop",
    ]);
  });

  it("is asked for one by one where rules are incomplete, decisive rights first, and no more than 40", async () => {
    const kinds = Array.from({ length: 60 }, (_, index) => ({
      group: "",
      resource: `kind${index}`,
    }));
    const wanted = [
      ...kinds.flatMap((kind) => rights(["list"], kind, [undefined])),
      ...rights(["get"], exec, ["shop"], decisive),
    ];
    const { names, asked } = await missingOf(wanted, { isComplete: false });
    assert.equal(asked[2], "may get pods/exec shop");
    assert.equal(asked.filter((each) => each.startsWith("may")).length, 40);
    // Of the others nothing is known.
    assert.equal(names.length, 40);
  });

  it("costs a review for each of 16 namespaces, and single questions for what is decisive in others", async () => {
    const many = Array.from({ length: 30 }, (_, index) => `team-${index}`);
    const wanted = [...rights(["list"], pods, many), ...rights(["get"], exec, many, decisive)];
    const rules = Object.fromEntries(many.map((name) => [name, [rule("* *")]]));
    const { names, asked } = await missingOf(wanted, { rules, granted: () => true });
    assert.deepEqual(names, []);
    assert.equal(asked.filter((each) => each.startsWith("rules")).length, 1 + 16);
    assert.equal(asked.filter((each) => each.startsWith("may get pods/exec")).length, 14);
    assert.ok(asked.filter((each) => each.startsWith("may")).length <= 40);
  });

  it("is nothing, with a line in the log, where the server does not answer such questions", async () => {
    const wanted = rights(["get"], exec, ["shop"], decisive);
    for (const code of ["NotFound", "Forbidden", "ServerError", "ClusterUnreachable"] as const) {
      const { names, logged } = await missingOf(wanted, {
        error: new ArkError(code, "no reviews here"),
      });
      assert.deepEqual(names, []);
      assert.deepEqual(logged, ["permissions could not be looked up: no reviews here"]);
    }
  });

  it("is what complete rules do not have where the single question fails, and nothing where they are incomplete", async () => {
    const wanted = rights(["get"], exec, ["shop"], decisive);
    const granted = noAnswer;
    assert.equal((await missingOf(wanted, { granted })).names.length, 1);
    assert.deepEqual((await missingOf(wanted, { granted, isComplete: false })).names, []);
  });

  it("is not looked for any further once the signal is aborted", async () => {
    const log = { write: () => {} };
    const wanted = rights(["get"], exec, ["shop"], decisive);
    const asked = findMissing(wanted, { cluster: new MemoryCluster(), log }, AbortSignal.abort());
    await assert.rejects(asked, (error) => hasCode(error, "Cancelled"));
  });
});
