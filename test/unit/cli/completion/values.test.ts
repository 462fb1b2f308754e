import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { createDirectoryJournal } from "../../../../src/journal/directory/directory-journal.ts";
import { createDirectoryStore } from "../../../../src/store/directory/directory-store.ts";
import { deployment, namespace, object, pod } from "../../../support/builders.ts";
import { completionSession } from "../../../support/completion-session.ts";
import { publishBackup } from "../../../support/publish-backup.ts";

const session = await completionSession();
const { complete, home, server, store } = session;
const noSpace = 6;

const template = { metadata: {}, spec: { containers: [{ name: "web" }, { name: "log" }] } };
for (const one of [
  namespace("bank"),
  namespace("shop"),
  pod("shop/db-0", { containers: ["db", "freezer"] }),
  pod("shop/db-1"),
  pod("bank/teller-0"),
  deployment("shop/web", { spec: { template } }),
]) {
  server.put(one);
}

async function words(...typed: readonly string[]): Promise<string> {
  return (await complete(...typed)).words.join(",");
}

/** How many requests are made while `work` runs. */
async function requestsOf(work: () => Promise<unknown>): Promise<number> {
  const before = server.requests.length;
  await work();
  return server.requests.length - before;
}

suite("completion from the cluster", () => {
  test("namespaces, for -n and in lists, where the last element is completed", async () => {
    assert.equal(await words("backup", "-n", ""), "bank,shop");
    assert.equal(await words("hooks", "get", "--namespace=s"), "shop");
    assert.equal(await words("backup", "--include-namespaces", "shop,"), "shop,bank");
    assert.equal(await words("backup", "--exclude-namespaces=x,b"), "x,bank");
  });

  test("kinds first, then the names of a kind, in the context's namespace", async () => {
    const kinds = await complete("hooks", "set", "");
    assert.equal(kinds.words.slice(0, 3).join(","), "pod/,deployment/,statefulset/");
    assert.equal(kinds.directive, noSpace);
    assert.equal(await words("hooks", "set", "st"), "statefulset/");
    assert.equal(await words("hooks", "set", "sts"), "sts/");
    assert.equal(await words("hooks", "set", "pod/"), "pod/db-0,pod/db-1");
    assert.equal(await words("hooks", "run", "po/db-1"), "po/db-1");
    assert.equal(await words("hooks", "unset", "deployments.apps/"), "deployments.apps/web");
    assert.equal(await words("hooks", "check", "secret/"), "");
  });

  test("not those that are named already", async () => {
    assert.equal(await words("hooks", "set", "pod/db-0", "pod/"), "pod/db-1");
    assert.equal(await words("hooks", "get", "pods", ""), "db-0,db-1");
    assert.equal(await words("hooks", "get", "pods", "db-0", ""), "db-1");
  });

  test("kinds only where labels or -A choose the objects", async () => {
    assert.equal(await words("hooks", "get", "-A", "de"), "deployment");
    assert.equal(await words("hooks", "set", "-l", "app=db", "pod"), "pod");
    assert.equal(await words("hooks", "set", "-l", "app=db", "pod", ""), "");
  });

  test("-n anywhere before counts", async () => {
    assert.equal(await words("hooks", "set", "-n", "bank", "pod/"), "pod/teller-0");
    assert.equal(await words("hooks", "set", "pod/x", "--namespace=bank", "pod/"), "pod/teller-0");
  });

  test("containers of a pod, of a pod template, of what labels select", async () => {
    assert.equal(await words("hooks", "set", "pod/db-0", "-c", ""), "db,freezer");
    assert.equal(await words("hooks", "set", "deploy", "web", "--container=l"), "log");
    const byLabel = ["hooks", "set", "pods", "-l", "app!=x", "--pre-container"];
    assert.equal(await words(...byLabel, ""), "db,freezer,main");
    assert.equal(await words("hooks", "set", "--container", ""), "");
    assert.match((await complete("hooks", "set", "pod/absent", "-c", "")).stderr, /absent/);
  });

  test("resource types, those of a scope where the flag is about one", async () => {
    const all = await words("backup", "--include-resources", "pods,d");
    assert.match(all, /pods,deployments\.apps/);
    assert.equal(await words("backup", "--include-cluster-scoped-resources", "pods"), "");
    assert.equal(await words("backup", "--exclude-namespace-scoped-resources", "pods"), "pods");
  });

  test("one request for names", async () => {
    for (const typed of [
      ["hooks", "set", "pod/"],
      ["backup", "-n", ""],
      ["hooks", "set", "pod/db-0", "-c", ""],
    ]) {
      assert.equal(await requestsOf(() => complete(...typed)), 1, typed.join(" "));
    }
  });

  test("a snapshot class", async () => {
    assert.equal(await words("backup", "--snapshot-class", ""), "");
    const classes = await completionSession({
      resources: [
        {
          group: "snapshot.storage.k8s.io",
          version: "v1",
          resource: "volumesnapshotclasses",
          singular: "volumesnapshotclass",
          kind: "VolumeSnapshotClass",
          namespaced: false,
          shortNames: [],
          categories: [],
          verbs: ["list"],
          subresources: [],
          custom: true,
        },
      ],
    });
    classes.server.put(object("snapshot.storage.k8s.io/v1", "VolumeSnapshotClass", "fast"));
    assert.deepEqual((await classes.complete("backup", "--snapshot-class", "")).words, ["fast"]);
  });
});

suite("completion from the kubeconfig", () => {
  const file = join(home, "other");
  writeFileSync(
    file,
    JSON.stringify({
      clusters: [{ name: "c1", cluster: { server: "https://127.0.0.1:1" } }],
      users: [{ name: "u1", user: {} }],
      contexts: [
        { name: "prod", context: { cluster: "c1", user: "u1", namespace: "shop" } },
        { name: "proof", context: { cluster: "c1", user: "u1" } },
      ],
    }),
  );

  test("contexts, clusters and users, of the file that the line names", async () => {
    const other = ["backup", "--kubeconfig", file];
    assert.equal(await words(...other, "--context", "p"), "prod,proof");
    assert.equal(await words(...other, "--cluster="), "c1");
    assert.equal(await words(...other, "--user", ""), "u1");
    assert.notEqual(await words("backup", "--context", ""), "");
    assert.equal(await words("backup", "--kubeconfig", `${file}.absent`, "--context", ""), "");
  });

  test("its namespaces where the cluster gives none", async () => {
    const typed = ["backup", "--kubeconfig", file, "--context=proof", "-n", ""];
    const { words: found, stderr } = await complete(...typed);
    assert.deepEqual([found, stderr], [["shop"], ""]);
  });
});

suite("completion from what is stored", () => {
  test("backups, of $ARK_STORE or of the store that the line names", async () => {
    await publishBackup(createDirectoryStore(store), "nightly");
    await publishBackup(createDirectoryStore(store), "weekly");
    const elsewhere = join(home, "elsewhere");
    await publishBackup(createDirectoryStore(elsewhere), "monthly");
    for (const command of ["describe", "logs", "download", "delete", "get"]) {
      assert.equal(await words("backup", command, ""), "nightly,weekly", command);
    }
    assert.equal(await words("get", "backups", "w"), "weekly");
    assert.equal(await words("backup", "describe", "weekly", ""), "nightly");
    assert.equal(await words("backup", "logs", "weekly", ""), "");
    assert.equal(await words("backup", "describe", "--store", elsewhere, ""), "monthly");
    assert.equal(await words("backup", "describe", `--store=${join(home, "none")}`, ""), "");
    assert.equal(await words("backup", "create", ""), "");
  });

  test("recipes and their parameters", async () => {
    const { words: recipes, descriptions } = await complete("hooks", "set", "--recipe", "fs");
    assert.deepEqual(recipes, ["fsfreeze"]);
    assert.match(descriptions.get("fsfreeze") ?? "", /any file system/);
    assert.equal(await words("hooks", "recipes", "red"), "redis");
    const parameters = await complete("hooks", "set", "--recipe=fsfreeze", "--recipe-set", "");
    assert.deepEqual([parameters.words, parameters.directive], [["path="], noSpace]);
    assert.equal(await words("hooks", "set", "--recipe-set", ""), "");
  });

  test("pods that a backup has left frozen", async () => {
    const state = join(home, "state");
    const run = await createDirectoryJournal(join(state, "kubectl-ark", "journal")).open({
      backup: "nightly",
      context: "prod",
      cluster: "c1",
      server: "https://x",
      user: "u1",
      startedAt: new Date(0),
    });
    const frozen = { namespace: "shop", pod: "db-0", podUid: "1", frozenAt: new Date(0) };
    await run.freezing({ ...frozen, postHooks: [] });
    const changes = { env: { XDG_STATE_HOME: state } };
    const { words: pods, descriptions } = await session.completeWith(changes, "hooks", "thaw", "");
    assert.deepEqual(pods, ["shop/db-0"]);
    assert.equal(descriptions.get("shop/db-0"), "frozen by backup nightly in prod");
    await run.close();
  });
});
