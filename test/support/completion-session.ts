import assert from "node:assert/strict";
import type { CapturedContextOptions } from "./captured-context.ts";
import { arkSession } from "./ark-session.ts";
import type { FakeApiServerOptions } from "./fake-api-server/server.ts";

export type Completed = {
  readonly words: readonly string[];
  readonly descriptions: ReadonlyMap<string, string>;
  readonly directive: number;
  readonly stderr: string;
};

/** A session in which Tab is pressed at the end of words. */
export async function completionSession(options: FakeApiServerOptions = {}) {
  const ark = await arkSession(options);
  const completeWith = async (
    changes: CapturedContextOptions,
    ...words: readonly string[]
  ): Promise<Completed> => {
    const { code, stdout, stderr } = await ark.runWith(changes, "__complete", ...words);
    assert.equal(code, 0);
    return { ...parseCompletion(stdout), stderr };
  };
  return {
    ...ark,
    completeWith,
    complete: (...words: readonly string[]) => completeWith({}, ...words),
  };
}

/** Cobra's protocol, read as kubectl does. */
export function parseCompletion(stdout: string): Omit<Completed, "stderr"> {
  const match = /^((?:.*\n)*):(\d+)\n$/.exec(stdout);
  assert.ok(match, `not the protocol: ${JSON.stringify(stdout)}`);
  const [, text = "", directive] = match;
  const lines = text.split("\n").filter((line) => line !== "");
  const pairs = lines.map((line) => {
    const [word = "", description = "", ...rest] = line.split("\t");
    assert.deepEqual(rest, [], `two tabs: ${line}`);
    return [word, description] as const;
  });
  return {
    words: pairs.map(([word]) => word),
    descriptions: new Map(pairs),
    directive: Number(directive),
  };
}
