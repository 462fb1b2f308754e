import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import {
  base64,
  getPods,
  kubeconfigOf,
  neverAborted,
  testMachine,
} from "../../../support/connection-environment.ts";
import { caPem, serverKeyPair } from "../../../support/fake-api-server/certificates.ts";
import { connectWith, fakeServer } from "../../../support/fake-connection.ts";

/** The machine's clock stands here. */
const nowSeconds = Math.floor(Date.parse("2026-01-02T03:04:05Z") / 1000);

function jwt(claims: object): string {
  return [{ alg: "RS256" }, claims, "signature"]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
}

type Issuer = {
  readonly url: string;
  readonly forms: URLSearchParams[];
  readonly authorizations: (string | undefined)[];
  /** Token → user, of all that were given out. */
  readonly issued: Map<string, string>;
};

type IssuerOptions = {
  readonly refuse?: boolean;
  readonly rotate?: boolean;
  /** Takes the client's secret only in the form. */
  readonly refuseBasic?: boolean;
};

/** An identity provider: discovery and a token endpoint that renews any refresh token, or refuses. */
async function startIssuer(given: IssuerOptions = {}): Promise<Issuer> {
  const issuer = {
    url: "",
    forms: [] as URLSearchParams[],
    authorizations: [] as (string | undefined)[],
    issued: new Map<string, string>(),
  };
  const respond = (request: IncomingMessage, body: string): [status: number, answer: object] => {
    if (request.url === "/dex/.well-known/openid-configuration") {
      return [200, { issuer: issuer.url, token_endpoint: `${issuer.url}/token` }];
    }
    issuer.forms.push(new URLSearchParams(body));
    issuer.authorizations.push(request.headers.authorization);
    const isRefused = given.refuse || (given.refuseBasic && request.headers.authorization);
    if (isRefused) return [401, { error: "invalid_grant", error_description: body }];
    const token = jwt({ exp: nowSeconds + 3600, count: issuer.issued.size });
    issuer.issued.set(token, "jane");
    return [200, { id_token: token, ...(given.rotate && { refresh_token: "rotated" }) }];
  };
  const server = createServer(serverKeyPair, (request, response) => {
    void text(request).then((body) => {
      const [status, answer] = respond(request, body);
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  after(() => server.close());
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  issuer.url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/dex`;
  return issuer;
}

async function connectAs(
  config: Readonly<Record<string, string>>,
  tokens: ReadonlyMap<string, string> = new Map(),
) {
  const machine = testMachine();
  const server = await fakeServer({ tokens });
  const cluster = { server: server.url, "certificate-authority-data": base64(caPem) };
  const user = { "auth-provider": { name: "oidc", config } };
  const { send } = await connectWith(kubeconfigOf(cluster, user), {}, machine);
  return { send, server, machine };
}

function configFor(issuer: Issuer, idToken?: string): Record<string, string> {
  return {
    "client-id": "ark",
    "idp-issuer-url": issuer.url,
    "idp-certificate-authority-data": base64(caPem),
    "refresh-token": "refresh-1",
    ...(idToken !== undefined && { "id-token": idToken }),
  };
}

test("a token that is still valid is used without asking the issuer", async () => {
  const issuer = await startIssuer();
  const token = jwt({ exp: nowSeconds + 600 });
  const tokens = new Map([[token, "jane"]]);
  const { send } = await connectAs(configFor(issuer, token), tokens);
  assert.equal((await send(getPods, neverAborted)).status, 200);
  assert.equal(issuer.forms.length, 0);
});

test("an expired or missing token is refreshed once for all requests", async () => {
  for (const idToken of [jwt({ exp: nowSeconds - 1 }), undefined, "not a token"]) {
    const issuer = await startIssuer();
    const { send } = await connectAs(configFor(issuer, idToken), issuer.issued);
    const first = await Promise.all([send(getPods, neverAborted), send(getPods, neverAborted)]);
    const later = await send(getPods, neverAborted);
    assert.deepEqual(
      [...first, later].map(({ status }) => status),
      [200, 200, 200],
    );
    assert.deepEqual(
      issuer.forms.map((form) => Object.fromEntries(form)),
      [{ grant_type: "refresh_token", refresh_token: "refresh-1", client_id: "ark" }],
    );
  }
});

test("a refreshed token is refreshed again before it expires", async () => {
  const issuer = await startIssuer();
  const { send, machine, server } = await connectAs(configFor(issuer), issuer.issued);
  await send(getPods, neverAborted);
  await machine.clock.advance(3_569_000);
  await send(getPods, neverAborted);
  await machine.clock.advance(1_000);
  await send(getPods, neverAborted);
  const [one, two] = [...issuer.issued.keys()].map((token) => `Bearer ${token}`);
  assert.deepEqual(
    server.requests.map(({ headers }) => headers.authorization),
    [one, one, two],
  );
});

test("after a 401 the token is refreshed although it has not expired", async () => {
  const issuer = await startIssuer();
  const token = jwt({ exp: nowSeconds + 600 });
  const { send, server } = await connectAs(configFor(issuer, token), issuer.issued);
  assert.equal((await send(getPods, neverAborted)).status, 200);
  assert.deepEqual(
    server.requests.map(({ headers }) => headers.authorization),
    [`Bearer ${token}`, `Bearer ${[...issuer.issued.keys()][0]}`],
  );
});

test("a client secret goes into the header, and into the form when that is refused", async () => {
  const issuer = await startIssuer({ refuseBasic: true });
  const config = { ...configFor(issuer), "client-secret": "s:1" };
  const { send } = await connectAs(config, issuer.issued);
  assert.equal((await send(getPods, neverAborted)).status, 200);
  assert.deepEqual(issuer.authorizations, [`Basic ${base64("ark:s%3A1")}`, undefined]);
  assert.equal(issuer.forms[0]?.get("client_secret"), null);
  assert.equal(issuer.forms[1]?.get("client_secret"), "s:1");
});

test("a refresh token that the issuer replaces is used next, and warned about", async () => {
  const issuer = await startIssuer({ rotate: true });
  const { send, machine } = await connectAs(configFor(issuer));
  await send(getPods, neverAborted);
  assert.deepEqual(
    issuer.forms.map((form) => form.get("refresh_token")),
    ["refresh-1", "rotated"],
  );
  assert.match(machine.warnings.join(), /replaced the refresh token of user u/);
});

test("a refused refresh says so and what to do", async () => {
  const issuer = await startIssuer({ refuse: true });
  const { send, server } = await connectAs(configFor(issuer));
  await assert.rejects(send(getPods, neverAborted), {
    code: "KubeconfigInvalid",
    message: "the OIDC token of user u cannot be renewed: the issuer answered 401 (invalid_grant)",
    hint: /Log in again/,
  });
  assert.equal(server.requests.length, 0);
});

test("an expired token without refresh token is an error, not an anonymous request", async () => {
  const { send, server } = await connectAs({ "id-token": jwt({ exp: nowSeconds - 1 }) });
  await assert.rejects(send(getPods, neverAborted), {
    code: "KubeconfigInvalid",
    message: /has expired and the kubeconfig holds no refresh token/,
  });
  assert.equal(server.requests.length, 0);
});

test("an issuer that cannot be reached or answers nonsense is an error that names the user", async () => {
  const issuer = await startIssuer();
  const cases = [
    [{ "idp-issuer-url": "https://no-such-host.invalid" }, /cannot be renewed: .*resolved/],
    [{ "idp-issuer-url": "nonsense" }, /cannot be renewed: .*not a URL/],
    [{ "idp-issuer-url": "" }, /not a URL/],
    [{ "idp-certificate-authority-data": "" }, /not trusted/],
    [{ "idp-issuer-url": `${issuer.url}/elsewhere` }, /not a URL/],
  ] as const;
  for (const [change, message] of cases) {
    const { send } = await connectAs({ ...configFor(issuer), ...change });
    await assert.rejects(send(getPods, neverAborted), { code: "KubeconfigInvalid", message });
  }
});
