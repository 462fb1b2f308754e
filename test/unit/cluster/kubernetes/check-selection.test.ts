import assert from "node:assert/strict";
import { test } from "node:test";
import { checkSelection } from "../../../../src/cluster/kubernetes/check-selection.ts";
import type { ConnectionFlags } from "../../../../src/cluster/kubernetes/connection-flags.ts";
import { parseKubeconfig } from "../../../../src/cluster/kubernetes/parse-kubeconfig.ts";
import { selectContext } from "../../../../src/cluster/kubernetes/select-context.ts";
import { base64, kubeconfigOf } from "../../../support/connection-environment.ts";

function check(cluster: object, user: object, flags: ConnectionFlags = {}): void {
  const kubeconfig = parseKubeconfig(kubeconfigOf(cluster, user), "/folder");
  checkSelection(selectContext(kubeconfig, flags, "/base"));
}

const server = { server: "https://one" };
const exec = { command: "login", apiVersion: "client.authentication.k8s.io/v1beta1" };
const v1 = "client.authentication.k8s.io/v1";

test("what kubectl accepts passes", () => {
  const data = { "client-certificate-data": base64("c"), "client-key-data": base64("k") };
  check(server, {});
  check(server, { token: "t", tokenFile: "f" });
  check(server, { token: "t", ...data });
  check(server, { exec });
  check(server, { exec: { ...exec, apiVersion: v1, interactiveMode: "Never" } });
  check({ ...server, "proxy-url": "socks5://proxy:1080" }, { as: "jane", "as-groups": ["g"] });
});

test("clusters that kubectl refuses are refused with the reason", () => {
  const ca = { "certificate-authority": "f" };
  const data = { "certificate-authority-data": base64("c") };
  const insecure = { "insecure-skip-tls-verify": true };
  const cases: readonly (readonly [object, RegExp])[] = [
    [{}, /cluster k: no server is given/],
    [{ ...server, ...ca, ...data }, /certificate-authority and .*-data exclude each other/],
    [{ ...server, ...insecure, ...data }, /insecure-skip-tls-verify and .* exclude each other/],
    [{ ...server, "proxy-url": "ftp://proxy" }, /proxy-url has the scheme ftp/],
    [{ ...server, "proxy-url": "proxy" }, /proxy-url is not a URL/],
  ];
  for (const [cluster, message] of cases) {
    assert.throws(() => check(cluster, {}), { code: "KubeconfigInvalid", message });
  }
});

test("users that kubectl refuses are refused with the reason", () => {
  const cert = { "client-certificate-data": base64("c") };
  const key = { "client-key-data": base64("k") };
  const cases: readonly (readonly [object, RegExp])[] = [
    [{ token: "t", username: "u" }, /user u: a token and a username .* exclude each other/],
    [cert, /needs client-key/],
    [{ ...cert, ...key, "client-certificate": "f" }, /client-certificate and .* exclude/],
    [{ ...cert, ...key, "client-key": "f" }, /client-key and client-key-data exclude/],
    [{ exec, "auth-provider": { name: "oidc" } }, /auth-provider and exec exclude/],
    [{ exec: { ...exec, command: "" } }, /exec needs a command/],
    [{ exec: { ...exec, apiVersion: "" } }, /exec apiVersion "" is not one of/],
    [{ exec: { ...exec, apiVersion: "client.authentication.k8s.io/v1alpha1" } }, /v1alpha1/],
    [{ exec: { ...exec, apiVersion: v1 } }, /exec needs an interactiveMode/],
    [{ exec: { ...exec, interactiveMode: "Perhaps" } }, /interactiveMode "Perhaps"/],
    [{ exec: { ...exec, env: [{ value: "x" }] } }, /an env entry of exec has no name/],
    [{ "as-groups": ["g"] }, /only together with a user/],
  ];
  for (const [user, message] of cases) {
    assert.throws(() => check(server, user), { code: "KubeconfigInvalid", message });
  }
});

test("a group, uid or extra without --as is refused, as client-go does", () => {
  for (const flags of [{ asGroup: ["g"] }, { asUid: "1" }, { asUserExtra: ["k=v"] }]) {
    assert.throws(() => check(server, {}, flags), { message: /only together with a user/ });
    check(server, {}, { ...flags, as: "jane" });
  }
});

test("all reasons are told at once", () => {
  assert.throws(() => check({}, { token: "t", password: "p" }), {
    message: /no server is given; user u: a token/,
  });
});
