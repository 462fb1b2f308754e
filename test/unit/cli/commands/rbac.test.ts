import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { loadAll } from "js-yaml";
import { arkSession } from "../../../support/ark-session.ts";

type Printed = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly { resources: string[]; verbs: string[]; resourceNames?: string[] }[];
  readonly roleRef?: { readonly kind: string; readonly name: string };
  readonly subjects?: readonly unknown[];
};

async function shopSession() {
  const session = await arkSession();
  for (const name of ["shop", "web", "team-a", "team-b"]) {
    session.server.put({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  }
  return session;
}

async function printedBy(...words: readonly string[]): Promise<Printed[]> {
  const { run } = await shopSession();
  const { code, stdout, stderr } = await run("rbac", ...words, "-o", "json");
  assert.equal(code, 0, stderr);
  const { kind, items }: { kind: string; items: Printed[] } = JSON.parse(stdout);
  assert.equal(kind, "List");
  return items;
}

/** "Role shop/kubectl-ark" */
function place({ kind, metadata: { name, namespace } }: Printed): string {
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

function verbsOf(items: readonly Printed[], resource: string): string[] {
  return items
    .flatMap(({ rules = [] }) => rules)
    .filter(({ resources }) => resources.includes(resource))
    .flatMap(({ verbs }) => verbs);
}

describe("rbac", () => {
  it("prints a role for the namespace, another for what belongs to none, and who gets them", async () => {
    const items = await printedBy("-n", "shop");
    assert.deepEqual(items.map(place), [
      "ServiceAccount shop/kubectl-ark",
      "Role shop/kubectl-ark",
      "RoleBinding shop/kubectl-ark",
      "ClusterRole kubectl-ark-shop",
      "ClusterRoleBinding kubectl-ark-shop",
    ]);
    const subjects = [{ kind: "ServiceAccount", name: "kubectl-ark", namespace: "shop" }];
    const bindings = items.filter(({ roleRef }) => roleRef);
    assert.deepEqual(
      bindings.map(({ roleRef, subjects: bound }) => [roleRef, bound]),
      [
        [{ apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "kubectl-ark" }, subjects],
        [
          { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "kubectl-ark-shop" },
          subjects,
        ],
      ],
    );
  });

  it("prints the same as YAML, with what is lost without the cluster's part above it", async () => {
    const { run } = await shopSession();
    const { stdout } = await run("rbac", "-n", "shop");
    assert.deepEqual(loadAll(stdout), await printedBy("-n", "shop"));
    assert.match(
      stdout,
      /^---\n# What belongs to no namespace\. It may be left out; without it:\n(?:# - .*\n)+apiVersion: .*\nkind: ClusterRole$/m,
    );
    assert.match(stdout, /^# - a snapshot lasts only as long as its namespace/m);
    assert.match(stdout, /^ {2}- apiGroups: \[''\]\n {4}resources: \[pods\/exec\]$/m);
  });

  it("prints no cluster role when nothing of the cluster is needed", async () => {
    const words = ["--include-resources=pods,pvc", "--include-cluster-resources=false"];
    const items = await printedBy("-n", "shop", ...words, "--snapshot-volumes=false");
    assert.deepEqual(
      items.map(({ kind }) => kind),
      ["ServiceAccount", "Role", "RoleBinding"],
    );
  });

  it("prints a role for each of several namespaces, and cluster roles that others do not share", async () => {
    const items = await printedBy("--include-namespaces=web,shop");
    assert.deepEqual(items.map(place), [
      "ServiceAccount shop/kubectl-ark",
      "Role shop/kubectl-ark",
      "RoleBinding shop/kubectl-ark",
      "Role web/kubectl-ark",
      "RoleBinding web/kubectl-ark",
      "ClusterRole kubectl-ark-shop-web",
      "ClusterRoleBinding kubectl-ark-shop-web",
    ]);
    assert.deepEqual(items[1]?.rules, items[3]?.rules);
    const many = await printedBy("--include-namespaces=web,shop,team-a,team-b");
    assert.equal(many.at(-1)?.metadata.name, "kubectl-ark-shop-team-a-team-b-and-1-more");
  });

  it("prints one cluster role for all namespaces, and for a pattern that others may match tomorrow", async () => {
    for (const words of [[], ["--include-namespaces=team-*"], ["--exclude-namespaces=team-a"]]) {
      assert.deepEqual((await printedBy(...words)).map(place), [
        "ServiceAccount shop/kubectl-ark",
        "ClusterRole kubectl-ark",
        "ClusterRoleBinding kubectl-ark",
      ]);
    }
    const [, role] = await printedBy("--exclude-namespaces=team-a");
    assert.deepEqual(
      role?.rules?.filter(({ resourceNames }) => resourceNames),
      [{ apiGroups: [""], resources: ["namespaces"], resourceNames: ["team-a"], verbs: ["get"] }],
    );
  });

  it("binds to whom it is told, and makes no service account then", async () => {
    const people = ["--for-user=jane@example.com", "--for-group=dba", "--for-group=oidc:ops,all"];
    const words = ["--serviceaccount", "ci:runner", ...people, "--role-name=nightly"];
    const items = await printedBy("-n", "shop", ...words);
    const apiGroup = "rbac.authorization.k8s.io";
    assert.deepEqual(items[1]?.subjects, [
      { kind: "ServiceAccount", name: "runner", namespace: "ci" },
      { kind: "User", name: "jane@example.com", apiGroup },
      { kind: "Group", name: "dba", apiGroup },
      { kind: "Group", name: "oidc:ops,all", apiGroup },
    ]);
    assert.deepEqual(items.map(place), [
      "Role shop/nightly",
      "RoleBinding shop/nightly",
      "ClusterRole nightly-shop",
      "ClusterRoleBinding nightly-shop",
    ]);
  });

  it("adds what backup delete needs when it is told to", async () => {
    const contents = "volumesnapshotcontents";
    assert.deepEqual(verbsOf(await printedBy("-n", "shop"), contents), ["get", "patch"]);
    const more = await printedBy("-n", "shop", "--with-delete");
    assert.deepEqual(verbsOf(more, contents), ["get", "list", "patch", "delete"]);
    assert.deepEqual(verbsOf(more, "pods"), ["get", "list", "delete"]);
  });

  it("takes a whole command line of backup", async () => {
    const words = [
      "--guard=require",
      "--max-freeze=1m",
      "--ttl=720h",
      "--store=/nowhere",
      "--dry-run",
    ];
    assert.deepEqual(await printedBy("-n", "shop", ...words), await printedBy("-n", "shop"));
  });

  it("changes nothing in the cluster", async () => {
    const { run, server } = await shopSession();
    assert.equal((await run("rbac", "-n", "shop")).code, 0);
    assert.deepEqual(
      server.requests.filter(({ method }) => method !== "GET"),
      [],
    );
  });
});

describe("rbac refuses", () => {
  const cases: readonly (readonly [words: readonly string[], said: RegExp])[] = [
    [["shop"], /unknown command: "shop"/],
    [["-n", "shpo"], /there is no namespace "shpo"; did you mean "?shop/],
    [["--serviceaccount=runner"], /--serviceaccount: "runner" is not of the form NAMESPACE:NAME/],
    [["--serviceaccount=a:b:c"], /not of the form NAMESPACE:NAME/],
    [["--serviceaccount=:b"], /not of the form NAMESPACE:NAME/],
    [["--for-user="], /--for-user is empty/],
    [["--role-name=../admin"], /--role-name: "\.\.\/admin" cannot be the name of a role/],
    [[`--role-name=${"x".repeat(64)}`], /cannot be the name of a role/],
    [["--include-resources=nonsense"], /"nonsense" matches nothing that can be backed up/],
    [["-o", "table"], /Invalid values|output/],
  ];
  for (const [words, said] of cases) {
    it(`${words.join(" ").slice(0, 40)} with exit code 2`, async () => {
      const { run } = await shopSession();
      const { code, stdout, stderr } = await run("rbac", ...words);
      assert.equal(code, 2, stderr);
      assert.match(stderr, said);
      assert.equal(stdout, "");
    });
  }
});
