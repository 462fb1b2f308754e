import { BlockList, isIP, isIPv4 } from "node:net";
import { ArkError } from "../../lib/errors.ts";
import { parseProxyUrl } from "./proxy-url.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment asks for, by the rules of Go's httpproxy: HTTPS_PROXY for https, HTTP_PROXY for http,
 * upper case before lower, NO_PROXY, and never one for localhost or a loopback address.
 * @throws ArkError KubeconfigInvalid when the variable holds no proxy URL
 */
export function environmentProxy(server: URL, env: Environment): URL | undefined {
  const name = server.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const value = variable(env, name);
  if (value === "" || !mayUseProxy(server, variable(env, "NO_PROXY"))) return undefined;
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  const url = parseProxyUrl(withScheme);
  if (typeof url !== "string") return url;
  throw new ArkError("KubeconfigInvalid", `the environment variable ${name} ${url}`);
}

function variable(env: Environment, name: string): string {
  return env[name] || env[name.toLowerCase()] || "";
}

function mayUseProxy(server: URL, noProxy: string): boolean {
  const host = bareHost(server.hostname.toLowerCase());
  if (host === "localhost" || isLoopback(host)) return false;
  const port = server.port || (server.protocol === "https:" ? "443" : "80");
  return !noProxy.split(",").some((rule) => matches(rule.trim().toLowerCase(), host, port));
}

function matches(rule: string, host: string, port: string): boolean {
  if (rule === "") return false;
  if (rule === "*") return true;
  if (isCidr(rule)) return isIP(host) !== 0 && cidrHas(rule, host);
  const [ruleHost, rulePort] = splitPort(rule);
  if (ruleHost === "" || (rulePort !== "" && rulePort !== port)) return false;
  return isIP(ruleHost) === 0 ? domainMatches(ruleHost, host) : sameAddress(ruleHost, host);
}

function domainMatches(rule: string, host: string): boolean {
  const suffix = rule.startsWith("*.") ? rule.slice(1) : rule;
  if (suffix.startsWith(".")) return host.endsWith(suffix);
  return host === suffix || host.endsWith(`.${suffix}`);
}

function isCidr(rule: string): boolean {
  const [address = "", bits = "", ...rest] = rule.split("/");
  const maxBits = isIPv4(address) ? 32 : 128;
  return rest.length === 0 && isIP(address) !== 0 && /^\d{1,3}$/.test(bits) && +bits <= maxBits;
}

function cidrHas(rule: string, host: string): boolean {
  const [address = "", bits = ""] = rule.split("/");
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family(address));
  return list.check(host, family(host));
}

function sameAddress(rule: string, host: string): boolean {
  if (isIP(host) === 0) return false;
  const list = new BlockList();
  list.addAddress(rule, family(rule));
  return list.check(host, family(host));
}

function isLoopback(host: string): boolean {
  return isIP(host) !== 0 && (cidrHas("127.0.0.0/8", host) || cidrHas("::1/128", host));
}

function family(address: string): "ipv4" | "ipv6" {
  return isIPv4(address) ? "ipv4" : "ipv6";
}

function splitPort(rule: string): readonly [host: string, port: string] {
  const match = /^(?:\[(?<v6>[^\]]*)\]|(?<name>[^:]*))(?::(?<port>\d*))?$/.exec(rule);
  const groups = match?.groups;
  if (groups === undefined) return [rule, ""];
  return [groups["v6"] ?? groups["name"] ?? "", groups["port"] ?? ""];
}

/** A URL's host without the brackets of an IPv6 address, as sockets want it. */
export function bareHost(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, "");
}
