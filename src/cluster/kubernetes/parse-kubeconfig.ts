import { resolve, sep } from "node:path";
import { ArkError } from "../../lib/errors.ts";
import { kubeconfigFields } from "./kubeconfig-fields.ts";
import type { KubeconfigFields } from "./kubeconfig-fields.ts";
import type {
  AuthProvider,
  ExecPlugin,
  Kubeconfig,
  KubeconfigCluster,
  KubeconfigUser,
} from "./kubeconfig.ts";

const execExtension = "client.authentication.k8s.io/exec";

/**
 * Reads a kubeconfig document. Unknown fields are ignored, as kubectl does.
 * @param document the parsed YAML; an empty file is an empty kubeconfig
 * @param folder absolute; what relative paths are resolved against
 * @throws ArkError KubeconfigInvalid naming the field, without its value
 */
export function parseKubeconfig(document: unknown, folder: string): Kubeconfig {
  const fields = kubeconfigFields(document, "");
  return {
    currentContext: fields.text("current-context"),
    clusters: named(fields, "clusters", (entry) => parseCluster(entry("cluster"), folder)),
    users: named(fields, "users", (entry) => parseUser(entry("user"), folder)),
    contexts: named(fields, "contexts", (entry) => {
      const context = entry("context");
      return {
        cluster: context.text("cluster"),
        user: context.text("user"),
        namespace: context.text("namespace"),
      };
    }),
  };
}

type Entry = (key: string) => KubeconfigFields;

function named<T>(
  document: KubeconfigFields,
  key: string,
  parse: (entry: Entry) => T,
): ReadonlyMap<string, T> {
  const result = new Map<string, T>();
  for (const item of document.list(key)) {
    const name = item.text("name") ?? "";
    if (result.has(name)) {
      throw new ArkError("KubeconfigInvalid", `${item.path}: the name ${name} is there twice`);
    }
    const entry: Entry = (field) =>
      item.fields(field) ?? kubeconfigFields(undefined, `${item.path}.${field}`);
    result.set(name, parse(entry));
  }
  return result;
}

function parseCluster(fields: KubeconfigFields, folder: string): KubeconfigCluster {
  const extension = fields.list("extensions").find((item) => item.text("name") === execExtension);
  return {
    server: fields.text("server"),
    tlsServerName: fields.text("tls-server-name"),
    insecureSkipTlsVerify: fields.flag("insecure-skip-tls-verify"),
    certificateAuthority: absolute(folder, fields.text("certificate-authority")),
    certificateAuthorityData: fields.bytes("certificate-authority-data"),
    proxyUrl: fields.text("proxy-url"),
    disableCompression: fields.flag("disable-compression"),
    execConfig: extension?.raw("extension"),
  };
}

function parseUser(fields: KubeconfigFields, folder: string): KubeconfigUser {
  return {
    clientCertificate: absolute(folder, fields.text("client-certificate")),
    clientCertificateData: fields.bytes("client-certificate-data"),
    clientKey: absolute(folder, fields.text("client-key")),
    clientKeyData: fields.bytes("client-key-data"),
    token: fields.text("token"),
    tokenFile: absolute(folder, fields.text("tokenFile")),
    username: fields.text("username"),
    password: fields.text("password"),
    as: fields.text("as"),
    asUid: fields.text("as-uid"),
    asGroups: fields.texts("as-groups"),
    asUserExtra: textLists(fields.fields("as-user-extra")),
    authProvider: parseAuthProvider(fields.fields("auth-provider")),
    exec: parseExec(fields.fields("exec"), folder),
  };
}

function parseAuthProvider(fields: KubeconfigFields | undefined): AuthProvider | undefined {
  if (fields === undefined) return undefined;
  const config = fields.fields("config");
  const pairs = config?.keys().map((key) => [key, config.text(key) ?? ""] as const) ?? [];
  return { name: fields.text("name") ?? "", config: Object.fromEntries(pairs) };
}

function parseExec(fields: KubeconfigFields | undefined, folder: string): ExecPlugin | undefined {
  if (fields === undefined) return undefined;
  const command = fields.text("command") ?? "";
  return {
    // A bare name is looked up in PATH; only a path belongs to the kubeconfig's folder.
    command: command.includes(sep) ? resolve(folder, command) : command,
    args: fields.texts("args"),
    env: fields.list("env").map((item) => ({
      name: item.text("name") ?? "",
      value: item.text("value") ?? "",
    })),
    apiVersion: fields.text("apiVersion") ?? "",
    installHint: fields.text("installHint"),
    provideClusterInfo: fields.flag("provideClusterInfo"),
    interactiveMode: fields.text("interactiveMode") ?? "",
  };
}

function textLists(fields: KubeconfigFields | undefined): ReadonlyMap<string, readonly string[]> {
  return new Map(fields?.keys().map((key) => [key, fields.texts(key)]));
}

function absolute(folder: string, path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(folder, path);
}
