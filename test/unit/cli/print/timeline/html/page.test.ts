import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import { formatHtmlPage } from "../../../../../../src/cli/print/timeline/html/page.ts";
import { anyRecord } from "../../../../../support/record-arbitraries.ts";
import {
  aBlockRecord,
  aFrozenRecord,
  aHookRecord,
  aRecord,
  aRecordOfBlocks,
} from "../../../../../support/record-builders.ts";

const allowed = new Set(
  "html head meta title style body main header footer section h1 h2 h3 p a b strong span div dl dt dd ul li figure details summary svg rect line path desc table caption thead tbody tr th td code pre".split(
    " ",
  ),
);

/** Tags in the order in which they come; throws what a browser would have to guess at. */
function checkMarkup(page: string): string[] {
  const open: string[] = [];
  const seen: string[] = [];
  for (const [tag, slash, name = "", rest = ""] of page.matchAll(/<(\/?)([^\s<>/]+)([^<>]*)>/g)) {
    if (name === "!doctype") continue;
    assert.ok(allowed.has(name), tag);
    assert.match(rest, /^(?:\s+[\w-]+(?:="[^"]*")?)*\s*\/?$/, tag);
    if (slash === "/") assert.equal(open.pop(), name, tag);
    else if (name !== "meta" && !rest.endsWith("/")) open.push(name);
    seen.push(`${slash}${name}`);
  }
  assert.deepEqual(open, []);
  return seen;
}

/** What is left when the tags are out. */
const textOf = (page: string): string =>
  page.replace(/<style>.*?<\/style>/gs, "").replace(/<[^<>]*>/g, " ");

const unreadable =
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

suite("the page of a backup", () => {
  test("is whole and well formed for any record, and nothing in it becomes markup", () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const page = formatHtmlPage(record);
        checkMarkup(page);
        assert.doesNotMatch(textOf(page), /[<>"]/);
        assert.doesNotMatch(page, unreadable);
        assert.ok(page.isWellFormed());
      }),
      { numRuns: 100 },
    );
  });

  test("asks for nothing from anywhere, and forbids the browser to", () => {
    const page = formatHtmlPage(aFrozenRecord());
    assert.doesNotMatch(page, /<script|<link|<img|<iframe|\bsrc=|url\(|@import|\son\w+=/i);
    const links = [...page.matchAll(/href="([^"]*)"/g)].map(([, target]) => target);
    assert.deepEqual(links, ["#block-1"]);
    assert.ok(page.includes(`content="default-src 'none'; style-src 'unsafe-inline'"`));
  });

  test("shows hostile names and outputs as text", () => {
    const said = `</pre><script>alert("x")</script>&amp;`;
    const name = `"><img src=x onerror='y'>`;
    const record = aFrozenRecord({
      backup: `</title><script>1</script>`,
      hooks: [aHookRecord("db-0", "pre", [0, 10], { name, said, container: "\u202eabc\u0000" })],
    });
    const page = formatHtmlPage(record);
    assert.ok(!/<script|<img/.test(page));
    const shown = `&lt;/pre&gt;&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;amp;`;
    assert.ok(page.includes(shown));
    assert.ok(page.includes("\\u{202e}abc\\u{0}"));
  });

  test("says how long the freeze was, what it was spent on, and each figure of the picture in a table", () => {
    const text = textOf(formatHtmlPage(aFrozenRecord())).replace(/\s+/g, " ");
    for (const words of [
      "The longest freeze lasted 812 ms .",
      "Frozen for 812 ms, from 2026-11-24 05:30:56.789 to 05:30:57.601 UTC, spent on:",
      "210 ms pre hooks 307 ms cutting snapshots 183 ms reading the objects 112 ms post hooks",
      "2 pre hooks 205 ms · held 490 ms · post hook 112 ms",
      "cut in 302 ms · ready 2.88 s later · 8.0 MiB copied in 41 s",
      "shop/data snapshot cut 2026-11-24 05:30:57.306 UTC 517 ms",
      "volumes/data.tar.zst (3.0 MiB of 8.0 MiB, in 41 s)",
    ]) {
      assert.ok(text.includes(words), `${words} in ${text}`);
    }
  });

  test("names and describes each picture for those who cannot see it", () => {
    const page = formatHtmlPage(aFrozenRecord());
    const pictures = page.match(
      /<svg class="lane" role="img"[^>]*>\s*<title>[^<]+<\/title>\s*<desc>[^<]+/g,
    );
    assert.equal(pictures?.length, 3, "the backup, the pod, the claim");
    for (const [svg] of page.matchAll(/<svg\s[^>]*>/g)) {
      assert.match(svg, /role="img"|aria-hidden="true"|overflow="visible"/);
    }
  });

  test("has all of many blocks, and ten of them opened: the failed one and the longest freezes", () => {
    const record = aRecordOfBlocks(100);
    const failed = { failedPods: ["shop/db-3"] };
    const blocks = record.blocks.map((block, at) => (at === 3 ? { ...block, ...failed } : block));
    const page = formatHtmlPage({ ...record, blocks });
    const opened = [...page.matchAll(/id="block-(\d+)"\s+open/g)].map(([, id]) => Number(id));
    assert.equal(page.match(/<details class="block"/g)?.length, 100);
    assert.deepEqual(opened, [4, 92, 93, 94, 95, 96, 97, 98, 99, 100]);
  });

  test("of a backup without hooks and volumes says so", () => {
    const text = textOf(formatHtmlPage(aRecord({ blocks: [aBlockRecord(["web"], undefined)] })));
    assert.match(text, /Nothing was frozen\./);
    assert.match(text, /No hooks were run\./);
    assert.match(text, /1 more block had neither hooks nor snapshots/);
  });
});
