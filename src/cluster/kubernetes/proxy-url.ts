const schemes = ["http:", "https:", "socks5:", "socks5h:"];

/** A usable proxy, or the reason why it is none (without the password it may hold). */
export function parseProxyUrl(text: string): URL | string {
  const url = URL.parse(text);
  if (url === null || url.host === "") return "is not a URL";
  if (!schemes.includes(url.protocol)) {
    return `has the scheme ${url.protocol.slice(0, -1)}; only http, https and socks5 are supported`;
  }
  return url;
}
