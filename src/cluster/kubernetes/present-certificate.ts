import { messageOf } from "../../lib/errors.ts";
import type { ConnectionEnvironment } from "./connection-flags.ts";
import type { ClientCertificate, CredentialSource } from "./credentials.ts";

/** As for token files: what rotates a certificate does so long before it expires. */
const rereadAfterMs = 60_000;

/** Presents one client certificate beside whatever `source` gives. */
export function presentCertificate(
  source: CredentialSource,
  clientCertificate: ClientCertificate,
): CredentialSource {
  return {
    ...source,
    current: async (signal) => ({ ...(await source.current(signal)), clientCertificate }),
  };
}

/**
 * Presents a client certificate from files that something else keeps fresh (as client-go, kubelet-style rotation). Read
 * again when older than a minute or after a 401; when that fails, as in the middle of a rotation, the one read last
 * stays in use, with a warning.
 * @param read the files as they are now; rejects when they are not usable together
 */
export function presentCertificateFiles(
  source: CredentialSource,
  first: ClientCertificate,
  read: () => Promise<ClientCertificate | undefined>,
  { clock, warn }: Pick<ConnectionEnvironment, "clock" | "warn">,
): CredentialSource {
  let last = first;
  let usableUntilMs = clock.monotonicMs() + rereadAfterMs;
  const current = async (): Promise<ClientCertificate> => {
    if (clock.monotonicMs() < usableUntilMs) return last;
    usableUntilMs = clock.monotonicMs() + rereadAfterMs;
    try {
      last = (await read()) ?? last;
    } catch (error) {
      warn(`${messageOf(error)}; going on with the certificate read before`);
    }
    return last;
  };
  return {
    ...source,
    renewable: true,
    current: async (signal) => {
      const credential = await source.current(signal);
      return { ...credential, clientCertificate: await current() };
    },
    renew: () => {
      source.renew();
      usableUntilMs = Number.NEGATIVE_INFINITY;
    },
  };
}
