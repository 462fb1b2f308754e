import { ArkError } from "../../lib/errors.ts";

/**
 * The server of a kubeconfig as a base URL: a path prefix is kept, query, fragment and login are dropped. Without a
 * scheme it is http://, as client-go takes it.
 * @throws ArkError KubeconfigInvalid
 */
export function parseServerUrl(text: string): URL {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw new ArkError("KubeconfigInvalid", `the server "${text.slice(0, 200)}" is not a URL`, {
      hint: "Give it as https://HOST:PORT.",
    });
  }
  url.username = "";
  url.password = "";
  url.search = "";
  url.hash = "";
  return url;
}

/** A request's path with the server's own prefix in front, as Rancher's "/k8s/clusters/c-1". */
export function pathBelow(server: URL, path: string): string {
  return server.pathname.replace(/\/+$/, "") + path;
}
