import { ArkError } from "../../lib/errors.ts";
import type { ExecPlugin, KubeconfigCluster, KubeconfigUser } from "./kubeconfig.ts";
import { parseProxyUrl } from "./proxy-url.ts";
import type { SelectedContext } from "./select-context.ts";

/**
 * Refuses what client-go's ConfirmUsable and transport refuse, with all reasons at once.
 * @throws ArkError KubeconfigInvalid
 */
export function checkSelection(selection: SelectedContext): void {
  const user = `user ${selection.userName || "given by flags"}`;
  const cluster = `cluster ${selection.clusterName || "given by flags"}`;
  const problems = [
    ...clusterProblems(selection.cluster).map((problem) => `${cluster}: ${problem}`),
    ...userProblems(selection.user).map((problem) => `${user}: ${problem}`),
  ];
  if (problems.length === 0) return;
  throw new ArkError("KubeconfigInvalid", `invalid configuration: ${problems.join("; ")}`);
}

type Rule = readonly [broken: boolean, problem: string];

function broken(rules: readonly Rule[]): readonly string[] {
  return rules.filter(([isBroken]) => isBroken).map(([, problem]) => problem);
}

function clusterProblems(cluster: KubeconfigCluster): readonly string[] {
  const hasFile = cluster.certificateAuthority !== undefined;
  const hasData = cluster.certificateAuthorityData !== undefined;
  const proxyProblem = cluster.proxyUrl === undefined ? undefined : proxyError(cluster.proxyUrl);
  return broken([
    [cluster.server === undefined, "no server is given"],
    [hasFile && hasData, "certificate-authority and certificate-authority-data exclude each other"],
    [
      cluster.insecureSkipTlsVerify && (hasFile || hasData),
      "insecure-skip-tls-verify and a certificate authority exclude each other",
    ],
    [proxyProblem !== undefined, `proxy-url ${proxyProblem}`],
  ]);
}

function proxyError(url: string): string | undefined {
  return typeof parseProxyUrl(url) === "string" ? String(parseProxyUrl(url)) : undefined;
}

function userProblems(user: KubeconfigUser): readonly string[] {
  const hasToken = user.token !== undefined || user.tokenFile !== undefined;
  const hasPassword = user.username !== undefined || user.password !== undefined;
  const hasCertificate = (user.clientCertificate ?? user.clientCertificateData) !== undefined;
  const hasKey = (user.clientKey ?? user.clientKeyData) !== undefined;
  const impersonates = user.asUid ?? user.asGroups[0] ?? [...user.asUserExtra.keys()][0];
  return [
    ...broken([
      [hasToken && hasPassword, "a token and a username with password exclude each other"],
      [
        both(user.clientCertificate, user.clientCertificateData),
        "client-certificate and client-certificate-data exclude each other",
      ],
      [
        both(user.clientKey, user.clientKeyData),
        "client-key and client-key-data exclude each other",
      ],
      [hasCertificate && !hasKey, "a client certificate needs client-key or client-key-data"],
      [both(user.exec, user.authProvider), "auth-provider and exec exclude each other"],
      [
        impersonates !== undefined && user.as === undefined,
        "a uid, groups or extra can be impersonated only together with a user (--as)",
      ],
    ]),
    ...(user.exec === undefined ? [] : execProblems(user.exec)),
  ];
}

function both(one: unknown, other: unknown): boolean {
  return one !== undefined && other !== undefined;
}

const apiVersions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];
const interactiveModes = ["Never", "IfAvailable", "Always"];

function execProblems(exec: ExecPlugin): readonly string[] {
  const modeMissing = exec.interactiveMode === "" && exec.apiVersion === apiVersions[0];
  return broken([
    [exec.command === "", "exec needs a command"],
    [exec.env.some(({ name }) => name === ""), "an env entry of exec has no name"],
    [
      !apiVersions.includes(exec.apiVersion),
      `exec apiVersion "${exec.apiVersion}" is not one of ${apiVersions.join(", ")}`,
    ],
    [modeMissing, "exec needs an interactiveMode"],
    [
      exec.interactiveMode !== "" && !interactiveModes.includes(exec.interactiveMode),
      `exec interactiveMode "${exec.interactiveMode}" is not one of ${interactiveModes.join(", ")}`,
    ],
  ]);
}
