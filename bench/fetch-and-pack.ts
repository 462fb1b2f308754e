import { createWriteStream } from "node:fs";
import { request, Agent } from "node:https";
import { homedir } from "node:os";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { loadAdminAccess } from "./support/admin-access.ts";

/**
 * fetch-and-pack FILE RESOURCE-PATH…: the yardstick. Fetches each list in pages of 500 over one connection
 * and packs the bytes with gzip -3; reads nothing of a page but its continue token, keeps nothing, checks nothing.
 */
const [file = "", ...paths] = process.argv.slice(2);
const access = await loadAdminAccess(process.env["KUBECONFIG"] ?? `${homedir()}/.kube/config`);
const agent = new Agent({ ...access.tls, keepAlive: true, maxSockets: 1 });

function fetchPage(path: string, token: string): Promise<Buffer> {
  const query = `limit=500${token === "" ? "" : `&continue=${encodeURIComponent(token)}`}`;
  return new Promise((resolve, reject) => {
    request(`${access.server}${path}?${query}`, { agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve(Buffer.concat(chunks)));
      response.on("error", reject);
    })
      .on("error", reject)
      .end();
  });
}

/** A list's metadata stands before its items. */
function continueToken(page: Buffer): string {
  const head = page.toString("utf8", 0, 2000);
  return /"continue":"([^"]*)"/.exec(head)?.[1] ?? "";
}

async function* pages(): AsyncIterable<Buffer> {
  for (const path of paths) {
    for (let token = ""; ;) {
      const page = await fetchPage(path, token);
      yield page;
      token = continueToken(page);
      if (token === "") break;
    }
  }
}

await pipeline(pages, createGzip({ level: 3, chunkSize: 256 * 1024 }), createWriteStream(file));
agent.destroy();
