/** What is known about the connection's speed, and whether gzip is asked for. */
export type CompressionChoice = {
  readonly gzip: boolean;
  readonly isFixed: boolean;
  /** Speeds of the large plain bodies measured last, newest first. */
  readonly bytesPerSecond: readonly number[];
};

export type Transfer = { readonly wireBytes: number; readonly bodyMs: number };

/** Smaller bodies say more about latency than about the link; the server compresses none below 128 KiB anyway. */
export const MEASURED_FROM_BYTES = 256 * 1024;

/** About the speed at which an API server compresses: on a faster link gzip only costs it time. */
export const FAST_BYTES_PER_SECOND = 20_000_000;

/** A page can be slow because this process was busy; two in a row are the link. */
const MEASUREMENTS = 2;

export function initialCompression(options: {
  readonly disableCompression: boolean;
}): CompressionChoice {
  return { gzip: false, isFixed: options.disableCompression, bytesPerSecond: [] };
}

/** The choice after one more body was received: from plain to gzip once the link shows to be slow, never back. */
export function observeTransfer(choice: CompressionChoice, transfer: Transfer): CompressionChoice {
  if (choice.isFixed || transfer.wireBytes < MEASURED_FROM_BYTES) return choice;
  const measured = (transfer.wireBytes / Math.max(transfer.bodyMs, 0.001)) * 1000;
  const bytesPerSecond = [measured, ...choice.bytesPerSecond].slice(0, MEASUREMENTS);
  const isSlow =
    bytesPerSecond.length === MEASUREMENTS && Math.max(...bytesPerSecond) < FAST_BYTES_PER_SECOND;
  return { gzip: isSlow, isFixed: isSlow, bytesPerSecond };
}
