import { readFileSync } from "node:fs";

/** Keys that protect nothing: made for these tests, valid until 2126 (one certificate: expired since 2020). */
function pem(file: string): string {
  return readFileSync(new URL(`certificates/${file}.pem`, import.meta.url), "utf8");
}

export type KeyPair = { readonly cert: string; readonly key: string };

function keyPair(name: string): KeyPair {
  return { cert: pem(`test-cert-${name}`), key: pem(`test-key-${name}`) };
}

/** Has signed all of the certificates below. */
export const caPem = pem("test-ca");
/** Has signed none of them. */
export const otherCaPem = pem("test-other-ca");
/** For localhost and 127.0.0.1. */
export const serverKeyPair = keyPair("server");
/** For `otherServerName` only. */
export const otherServerKeyPair = keyPair("other-name");
export const otherServerName = "kubernetes.ark.test";
/** For localhost and 127.0.0.1, expired. */
export const expiredKeyPair = keyPair("expired");
/** CN=test-admin, O=system:masters */
export const adminKeyPair = keyPair("client-admin");
/** CN=test-second-user */
export const secondUserKeyPair = keyPair("client-second");
