/** What a declared command leaves to be run once parsing is over. */
export type Deferred = { run?: () => Promise<number> };
