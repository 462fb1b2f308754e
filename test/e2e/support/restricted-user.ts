import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Ark } from "./cli.ts";
import { kubectl, kubectlJson, type TestNamespace } from "./cluster.ts";

/** The way of a service account into the cluster: its kubeconfig, to be given as KUBECONFIG. */
export type RestrictedUser = { readonly kubeconfig: string; readonly name: string };

export type RestrictedUserSpec = {
  readonly name: string;
  /** Plural names without group; "*" also covers pods/exec, but for get and list only. */
  readonly resources: readonly string[];
  readonly mayExec?: boolean;
};

/** A service account that may read the given kinds of its namespace, exec there, and nothing else anywhere. */
export async function createRestrictedUser(
  ark: Ark,
  namespace: TestNamespace,
  { name, resources, mayExec = true }: RestrictedUserSpec,
): Promise<RestrictedUser> {
  await namespace.apply(
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name } },
    role(name, resources, mayExec),
    roleBinding(name, namespace.name),
  );
  return signInAs(ark, namespace, name);
}

/** The way in for a service account that is there. */
export async function signInAs(
  ark: Ark,
  namespace: TestNamespace,
  name: string,
): Promise<RestrictedUser> {
  const token = await kubectl(["create", "token", name, "-n", namespace.name, "--duration=1h"]);
  const kubeconfig = join(ark.directory, `${name}.kubeconfig`);
  await writeFile(kubeconfig, JSON.stringify(await configWith(token.trim())), { mode: 0o600 });
  return { kubeconfig, name: `system:serviceaccount:${namespace.name}:${name}` };
}

function role(name: string, resources: readonly string[], mayExec: boolean): unknown {
  const exec = { apiGroups: [""], resources: ["pods/exec"], verbs: ["get", "create"] };
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    metadata: { name },
    rules: [{ apiGroups: ["*"], resources, verbs: ["get", "list"] }, ...(mayExec ? [exec] : [])],
  };
}

function roleBinding(name: string, namespace: string): unknown {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name },
    subjects: [{ kind: "ServiceAccount", name, namespace }],
  };
}

type Kubeconfig = {
  users: unknown[];
  contexts: { context: Record<string, unknown> }[];
};

/** The caller's kubeconfig with the same cluster and another user, and no namespace chosen. */
async function configWith(token: string): Promise<Kubeconfig> {
  const words = ["config", "view", "--minify", "--raw", "--flatten"];
  const config = await kubectlJson<Kubeconfig>(words);
  config.users = [{ name: "restricted", user: { token } }];
  for (const { context } of config.contexts) {
    context["user"] = "restricted";
    delete context["namespace"];
  }
  return config;
}

/** Plural names of the namespaced kinds that can be listed, without their groups. */
export async function namespacedResources(): Promise<string[]> {
  const words = ["api-resources", "--namespaced=true", "--verbs=list", "-o", "name"];
  const names = (await kubectl(words)).trim().split("\n");
  return [...new Set(names.map((name) => name.split(".")[0] ?? name))];
}
