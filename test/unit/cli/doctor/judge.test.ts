import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { judged, warn, fail } from "../../../../src/cli/doctor/check.ts";
import { judgeApi } from "../../../../src/cli/doctor/check-api.ts";
import { judgeClock } from "../../../../src/cli/doctor/check-clock.ts";
import { judgeCluster, judgeSilence } from "../../../../src/cli/doctor/check-cluster.ts";
import { judgeKubeconfig } from "../../../../src/cli/doctor/check-kubeconfig.ts";
import { judgeLeftovers } from "../../../../src/cli/doctor/check-leftovers.ts";
import { judgeVersions } from "../../../../src/cli/doctor/check-versions.ts";
import type { ServerAnswer } from "../../../../src/cli/doctor/doctor-tools.ts";
import { ArkError } from "../../../../src/lib/errors.ts";
import { MemoryCluster } from "../../../support/memory-cluster.ts";

const now = new Date("2026-06-01T00:00:00Z");
type Facts = Parameters<typeof judgeKubeconfig>[0];
const facts: Facts = {
  files: [{ path: "/home/a/.kube/config", isThere: true }],
  context: "prod",
  user: "ann",
  login: "client certificate",
  impersonated: undefined,
  certificateEnds: new Date("2027-01-01T00:00:00Z"),
  isEncrypted: true,
  isVerified: true,
  proxy: undefined,
};
const answer: ServerAnswer = {
  version: "v1.36.3",
  user: "ann",
  connectMs: 12,
  roundTripMs: 2,
  clock: { aheadMs: 100, uncertaintyMs: 501 },
};

suite("verdicts", () => {
  test("remarks follow the facts, the worst decides, hints are not repeated", () => {
    const both = judged(
      "facts",
      warn("odd", "Look."),
      false,
      fail("bad", "Mend."),
      warn("x", "Look."),
    );
    assert.deepEqual(both, { status: "fail", message: "facts; odd; bad; x", hint: "Look. Mend." });
    assert.deepEqual(judged("facts", undefined, false), { status: "ok", message: "facts" });
  });
});

suite("kubeconfig", () => {
  test("names the files, the context, the user and how they log in", () => {
    const { status, message } = judgeKubeconfig(facts, now);
    assert.equal(status, "ok");
    assert.equal(message, "/home/a/.kube/config, context prod, user ann (client certificate)");
  });

  for (const [title, change, status, words] of [
    [
      "a missing one of several files",
      { files: [...facts.files, { path: "/gone", isThere: false }] },
      "warn",
      /not there: \/gone/,
    ],
    [
      "no login",
      { login: "no credentials", certificateEnds: undefined },
      "warn",
      /without a login/,
    ],
    [
      "an expired certificate",
      { certificateEnds: new Date("2026-05-31T23:59:59Z") },
      "fail",
      /of ann expired on 2026-05-31/,
    ],
    [
      "one that expires in a week",
      { certificateEnds: new Date("2026-06-07T00:00:00Z") },
      "warn",
      /expires on 2026-06-07, in 6 days/,
    ],
  ] as const) {
    test(`${title}: ${status}`, () => {
      const verdict = judgeKubeconfig({ ...facts, ...change }, now);
      assert.equal(verdict.status, status);
      assert.match(verdict.message, words);
      assert.ok(verdict.hint);
    });
  }
});

const at = (server: string, change: Partial<Facts> = {}) => ({
  facts: { ...facts, ...change },
  cluster: new MemoryCluster({ identity: { server } }),
});

suite("cluster", () => {
  test("says where, how quickly, which version and as whom", () => {
    const { status, message } = judgeCluster(answer, at("https://10.0.0.1:6443"));
    assert.equal(status, "ok");
    assert.equal(message, "https://10.0.0.1:6443 reachable in 12 ms, Kubernetes v1.36.3, as ann");
  });

  for (const [title, change, server, words] of [
    ["old version", { version: "v1.29.9-gke.1" }, {}, /older than v1\.30/],
    ["very old version", { version: "v1.9.0" }, {}, /older than v1\.30/],
    ["unknown user", { user: "system:anonymous" }, {}, /knows no user/],
    ["slow line", { roundTripMs: 2500 }, {}, /takes 2\.5 s/],
    ["unchecked certificate", {}, { isVerified: false }, /not checked/],
    ["no encryption", {}, { isVerified: false, isEncrypted: false }, /not encrypted/],
  ] as const) {
    test(`${title}: a warning with what to do`, () => {
      const verdict = judgeCluster({ ...answer, ...change }, at("https://10.0.0.1", server));
      assert.equal(verdict.status, "warn");
      assert.match(verdict.message, words);
      assert.ok(verdict.hint);
    });
  }

  test("versions that are fine, or not told, are no reason to warn; nor is plain HTTP on this machine", () => {
    for (const version of ["v1.30.0", "1.36+", "v2.0.0", "who knows", undefined]) {
      assert.equal(
        judgeCluster({ ...answer, version }, at("https://x")).status,
        "ok",
        String(version),
      );
    }
    const plain = at("http://127.0.0.1:8001", { isEncrypted: false, isVerified: false });
    assert.equal(judgeCluster(answer, plain).status, "ok");
  });

  test("a proxy is named where no answer came through it", () => {
    const error = new ArkError("ClusterUnreachable", "refused", { hint: "Start it." });
    const verdict = judgeSilence(error, { ...facts, proxy: "http://proxy:3128 (environment)" });
    assert.match(verdict.message, /refused .*http:\/\/proxy:3128/);
    assert.throws(() => judgeSilence(error, facts), error);
  });
});

const ahead = (aheadMs: number, uncertaintyMs = 500) =>
  judgeClock({ clock: { aheadMs, uncertaintyMs } });

suite("clock", () => {
  test("a skew counts only beyond what the measurement leaves open", () => {
    assert.equal(ahead(0).status, "ok");
    assert.equal(ahead(-5400).status, "ok");
    assert.equal(ahead(20_000, 16_000).status, "ok");
    assert.match(ahead(120_000).message, /2 min 0 s behind the server/);
    assert.match(ahead(-7000).message, /7\.0 s ahead of the server/);
    assert.equal(ahead(-7000).status, "warn");
  });

  test("without a date there is nothing to compare", () => {
    assert.equal(judgeClock({ clock: undefined }).status, "warn");
  });
});

suite("versions", () => {
  const programs = {
    ark: "0.1.0",
    node: "26.1.0",
    isExecutable: false,
    kubectl: { path: "/bin/kubectl", version: "v1.36.3" },
  };

  test("an old Node is warned about, unless it is the executable's own", () => {
    assert.equal(judgeVersions(programs).status, "ok");
    for (const node of ["20.19.0", "22.18.9"]) {
      assert.equal(judgeVersions({ ...programs, node }).status, "warn", node);
      assert.equal(judgeVersions({ ...programs, node, isExecutable: true }).status, "ok");
    }
    assert.equal(judgeVersions({ ...programs, node: "22.19.0" }).status, "ok");
  });

  test("kubectl need not be there, but one that cannot tell its version is broken", () => {
    const none = judgeVersions({ ...programs, kubectl: undefined });
    assert.match(none.message, /no kubectl on PATH/);
    assert.equal(none.status, "ok");
    const mute = judgeVersions({
      ...programs,
      kubectl: { path: "/x/kubectl", version: undefined },
    });
    assert.equal(mute.status, "warn");
    assert.match(mute.message, /\/x\/kubectl does not tell/);
  });
});

suite("api", () => {
  test("each group that does not answer is named", () => {
    const failures = [{ groupVersion: "metrics.k8s.io/v1beta1", message: "503" }];
    assert.equal(judgeApi({ resources: [], failures: [] }).status, "ok");
    const verdict = judgeApi({ resources: [], failures });
    assert.equal(verdict.status, "warn");
    assert.match(verdict.message, /metrics\.k8s\.io\/v1beta1 .*503/);
  });
});

const leftover = (name: string) => ({
  groupResource: "volumesnapshots.snapshot.storage.k8s.io",
  namespace: "shop",
  name,
  uid: name,
  backup: "nightly",
  created: "",
});

suite("leftovers", () => {
  test("a few are named, many counted, and a command removes them", () => {
    const found = ["a", "b", "c", "d", "e", "f"].map(leftover);
    const { status, message, hint } = judgeLeftovers({ found, unsearched: [] });
    assert.equal(status, "warn");
    assert.match(message, /^6 objects .*volumesnapshots shop\/a, .*shop\/e, …$/);
    assert.match(hint ?? "", /kubectl ark backup delete nightly/);
  });

  test("what could not be looked through is said", () => {
    const unsearched = [{ groupResource: "pods", namespace: undefined, message: "forbidden" }];
    const { status, message } = judgeLeftovers({ found: [], unsearched });
    assert.equal(status, "ok");
    assert.match(message, /not looked through: pods/);
  });
});
