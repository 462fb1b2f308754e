import { readFile } from "node:fs/promises";
import { load } from "js-yaml";

/** Server and client certificate of a kubeconfig that has them embedded, as a test cluster's has. */
export type AdminAccess = {
  readonly server: string;
  readonly tls: { readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer };
};

type Kubeconfig = {
  readonly clusters: readonly [{ readonly cluster: Readonly<Record<string, string>> }];
  readonly users: readonly [{ readonly user: Readonly<Record<string, string>> }];
};

export async function loadAdminAccess(path: string): Promise<AdminAccess> {
  const config: Kubeconfig = JSON.parse(JSON.stringify(load(await readFile(path, "utf8"))));
  const { cluster } = config.clusters[0];
  const { user } = config.users[0];
  return {
    server: cluster["server"] ?? "",
    tls: {
      ca: decode(cluster["certificate-authority-data"]),
      cert: decode(user["client-certificate-data"]),
      key: decode(user["client-key-data"]),
    },
  };
}

function decode(text: string | undefined): Buffer {
  return Buffer.from(text ?? "", "base64");
}
