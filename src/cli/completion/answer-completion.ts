import { messageOf } from "../../lib/errors.ts";
import type { CliContext } from "../cli-context.ts";
import { EXIT } from "../exit-codes.ts";
import { escapeLine } from "../print/escape.ts";
import { type Completion, formatCompletion, NOTHING } from "./candidate.ts";
import { completeLine } from "./complete-line.ts";
import { openSources } from "./open-sources.ts";
import { type Declare, recordProgram } from "./record-declarations.ts";
import { readTypedLine, type TypedLine } from "./typed-line.ts";

/** Longer than this nobody waits at a prompt for words. */
const TIME_LIMIT_MS = 3000;

/**
 * Answers `__complete WORDS…` and `__completeNoDesc WORDS…`, cobra's protocol, by which kubectl asks for what may follow
 * `kubectl ark`. Whatever goes wrong, and when it takes too long, the answer is without words; why is said on stderr, which
 * shells do not show.
 * @param words the request and the words after `kubectl ark`, the last one that at the cursor, "" when it is new
 * @returns the exit code, 0: kubectl throws the answer of a failed program away
 */
export async function answerCompletion(
  words: readonly string[],
  declare: Declare,
  context: CliContext,
  timeLimitMs = TIME_LIMIT_MS,
): Promise<number> {
  const [request, ...typed] = words;
  const completion = await withinTime(timeLimitMs, async (signal) => {
    const line = await readTypedLine(recordProgram(declare), typed);
    return complete(line, context, AbortSignal.any([signal, context.signal]));
  }).catch((error: unknown) => {
    context.stderr.write(`no completion: ${escapeLine(messageOf(error))}\n`);
    return NOTHING;
  });
  const withDescriptions = request !== "__completeNoDesc";
  context.stdout.write(formatCompletion(completion, { withDescriptions }));
  return EXIT.ok;
}

async function complete(
  line: TypedLine,
  context: CliContext,
  signal: AbortSignal,
): Promise<Completion> {
  const sources = openSources(line.given, context);
  try {
    return await completeLine(line, async (source, request) =>
      (await import("./find-values.ts")).findValues(source, request, { sources, signal }),
    );
  } finally {
    sources.close();
  }
}

/** Also what does not heed its signal, such as a read from a pipe that nobody writes to, is not waited for. */
async function withinTime(
  limitMs: number,
  work: (signal: AbortSignal) => Promise<Completion>,
): Promise<Completion> {
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${limitMs / 1000} s`));
      ending.abort();
    }, limitMs);
  });
  try {
    return await Promise.race([work(ending.signal), tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
