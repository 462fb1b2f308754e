import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { array, assert as assertProperty, property, string } from "fast-check";
import { formatCheck, formatChecks } from "../../../../src/cli/print/doctor.ts";
import { displayWidth } from "../../../../src/cli/print/display-width.ts";

const plain = { isColored: false };
const esc = "\u001b";

suite("the lines of doctor", () => {
  test("a status, a name and what was found", () => {
    const line = formatCheck(
      { name: "cluster", status: "ok", message: "https://x reachable" },
      plain,
    );
    assert.equal(line, "ok    cluster      https://x reachable\n");
  });

  test("what to do stands below, and what is long is broken and indented", () => {
    const message =
      "in namespace shop: list pods, secrets, configmaps, services, endpoints and more";
    const hint = "The role to ask for: kubectl ark rbac -n shop | kubectl apply -f - will do it";
    assert.equal(
      formatCheck({ name: "permissions", status: "fail", message, hint }, plain),
      [
        "fail  permissions  in namespace shop: list pods, secrets, configmaps, services,",
        "                   endpoints and more",
        "                   → The role to ask for: kubectl ark rbac -n shop | kubectl",
        "                     apply -f - will do it",
        "",
      ].join("\n"),
    );
  });

  test("only the status is coloured, and only where asked for", () => {
    const colored = formatCheck(
      { name: "a", status: "skipped", message: "b" },
      { isColored: true },
    );
    assert.equal(colored, `${esc}[2mskip  ${esc}[0ma            b\n`);
  });

  test("whatever a server says, no line is too wide, and no control character comes through", () => {
    assertProperty(
      property(array(string({ unit: "binary", maxLength: 40 })), (words) => {
        const message = words.join(" ");
        const text = formatCheck({ name: "x", status: "warn", message, hint: message }, plain);
        // oxlint-disable-next-line no-control-regex -- control characters are what this is about
        assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
        for (const line of text.split("\n")) {
          const longest = Math.max(0, ...line.split(" ").map(displayWidth));
          assert.ok(displayWidth(line) <= 80 || longest > 80 - 21, line);
        }
      }),
    );
  });

  test("json has every check, and whether a backup would work", () => {
    const failed = { name: "b", status: "fail", message: "m", hint: "h" } as const;
    const checks = [{ name: "a", status: "warn", message: "m", hint: undefined } as const, failed];
    const parsed: unknown = JSON.parse(formatChecks(checks, "json"));
    assert.deepEqual(parsed, {
      healthy: false,
      checks: [{ name: "a", status: "warn", message: "m" }, failed],
    });
    assert.match(formatChecks(checks.slice(0, 1), "yaml"), /^healthy: true\nchecks:\n/);
  });
});
