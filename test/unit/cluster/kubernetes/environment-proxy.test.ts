import assert from "node:assert/strict";
import { test } from "node:test";
import { environmentProxy } from "../../../../src/cluster/kubernetes/environment-proxy.ts";

function proxied(server: string, noProxy: string): boolean {
  const env = {
    HTTPS_PROXY: "http://proxy:3128",
    HTTP_PROXY: "http://proxy:80",
    NO_PROXY: noProxy,
  };
  return environmentProxy(new URL(server), env) !== undefined;
}

test("HTTPS_PROXY serves https, HTTP_PROXY serves http, and upper case comes before lower", () => {
  const env = { HTTPS_PROXY: "http://s:1", HTTP_PROXY: "http://p:2", https_proxy: "http://low:3" };
  assert.equal(environmentProxy(new URL("https://a"), env)?.host, "s:1");
  assert.equal(environmentProxy(new URL("http://a"), env)?.host, "p:2");
  const lower = { https_proxy: "http://low:3", HTTPS_PROXY: "" };
  assert.equal(environmentProxy(new URL("https://a"), lower)?.host, "low:3");
  assert.equal(environmentProxy(new URL("https://a"), { HTTP_PROXY: "http://p:2" }), undefined);
  assert.equal(environmentProxy(new URL("https://a"), { ALL_PROXY: "http://p:2" }), undefined);
});

test("a proxy without scheme is taken as http", () => {
  const server = new URL("https://a");
  assert.equal(environmentProxy(server, { HTTPS_PROXY: "proxy:3128" })?.href, "http://proxy:3128/");
  assert.equal(environmentProxy(server, { HTTPS_PROXY: "10.0.0.1" })?.href, "http://10.0.0.1/");
});

test("a variable that holds no proxy is an error that does not show its password", () => {
  for (const value of ["http://u:s3cret@", "ftp://u:s3cret@proxy", "http://[::1"]) {
    assert.throws(
      () => environmentProxy(new URL("https://a"), { HTTPS_PROXY: value }),
      (error) => {
        assert.ok(error instanceof Error);
        assert.match(error.message, /HTTPS_PROXY/);
        assert.doesNotMatch(error.message, /s3cret/);
        return true;
      },
    );
  }
});

test("localhost and loopback addresses are never proxied", () => {
  for (const host of ["localhost:8443", "127.0.0.1:6443", "127.9.9.9", "[::1]:6443"]) {
    assert.equal(proxied(`https://${host}`, ""), false, host);
  }
  assert.equal(proxied("https://localhost.example.com", ""), true);
});

test("NO_PROXY is read by Go's rules", () => {
  const cases: readonly (readonly [noProxy: string, server: string, isProxied: boolean])[] = [
    ["", "https://foo.com", true],
    ["*", "https://foo.com", false],
    ["a.com,*", "https://foo.com", false],
    ["foo.com", "https://foo.com", false],
    ["foo.com", "https://bar.foo.com", false],
    ["foo.com", "https://barfoo.com", true],
    [".foo.com", "https://bar.foo.com", false],
    [".foo.com", "https://foo.com", true],
    ["*.foo.com", "https://bar.foo.com", false],
    ["*.foo.com", "https://foo.com", true],
    [" FOO.com , bar.org", "https://Foo.Com", false],
    ["foo.com:443", "https://foo.com", false],
    ["foo.com:6443", "https://foo.com", true],
    ["foo.com:6443", "https://foo.com:6443", false],
    ["foo.com:80", "http://foo.com", false],
    ["10.0.0.1", "https://10.0.0.1", false],
    ["10.0.0.1:443", "https://10.0.0.1", false],
    ["10.0.0.1:6443", "https://10.0.0.1", true],
    ["10.0.0.0/8", "https://10.1.2.3:6443", false],
    ["10.0.0.0/8", "https://11.1.2.3", true],
    ["10.0.0.0/8", "https://ten.example.com", true],
    ["fd00::/8", "https://[fd00::1]:6443", false],
    ["fd00::1", "https://[fd00::1]", false],
    ["[fd00::1]:6443", "https://[fd00::1]:6443", false],
    ["[fd00::1]:6443", "https://[fd00::1]:7443", true],
    [":443,,foo.com/8,10.0.0.0/99", "https://foo.com", true],
    ["0.1", "https://10.0.0.1", false],
  ];
  for (const [noProxy, server, isProxied] of cases) {
    assert.equal(proxied(server, noProxy), isProxied, `${noProxy} for ${server}`);
  }
});
