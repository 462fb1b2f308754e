import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { AccessRule } from "../../src/cluster/cluster.ts";
import type { MakeCluster } from "./cluster-suite.ts";
import { aborted, code, never } from "./cluster-suite-tools.ts";

const forbidden = [
  "list secrets",
  "create pods/exec",
  "patch volumesnapshots.snapshot.storage.k8s.io",
];
const questions = [
  { verb: "list", group: "", resource: "pods" },
  { verb: "list", group: "", resource: "secrets" },
  { verb: "get", group: "", resource: "secrets" },
  { verb: "create", group: "", resource: "pods/exec" },
  { verb: "get", group: "", resource: "pods/exec" },
  { verb: "list", group: "apps", resource: "deployments" },
  { verb: "patch", group: "snapshot.storage.k8s.io", resource: "volumesnapshots" },
];
const allowed = [true, false, true, false, true, true, false];

/** The rights of a user, in both ways of asking. */
export function describeAccess(makeCluster: MakeCluster): void {
  describe("permissions", () => {
    it("are listed as rules for a namespace, what is not allowed left out", async () => {
      await using made = await makeCluster({ forbidden });
      const { rules, isComplete } = await made.cluster.reviewRules("shop", never);
      assert.equal(isComplete, true);
      const isListed = ({ verb, group, resource }: (typeof questions)[number]): boolean =>
        rules.some((rule: AccessRule) => {
          const { verbs, apiGroups, resources } = rule;
          return verbs.includes(verb) && apiGroups.includes(group) && resources.includes(resource);
        });
      assert.deepEqual(questions.map(isListed), allowed);
      assert.deepEqual(
        rules.flatMap(({ resourceNames }) => resourceNames),
        [],
      );
    });

    it("are answered one by one, those of subresources too", async () => {
      await using made = await makeCluster({ forbidden });
      const answers: boolean[] = [];
      for (const question of questions) {
        answers.push(await made.cluster.reviewAccess({ ...question, namespace: "shop" }, never));
      }
      assert.deepEqual(answers, allowed);
    });

    it("are not asked for once the signal is aborted", async () => {
      await using made = await makeCluster();
      const [question] = questions;
      assert.ok(question);
      await assert.rejects(made.cluster.reviewRules("shop", aborted()), code("Cancelled"));
      await assert.rejects(made.cluster.reviewAccess(question, aborted()), code("Cancelled"));
    });
  });
}
