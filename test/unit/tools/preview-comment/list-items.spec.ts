import * as assert from "node:assert/strict";
import { type Leaf, leavesBetween, written } from "../../../../tools/preview-comment/changed-values";
import { keysOf } from "../../../../tools/preview-comment/resource-changes";
import { valueAt } from "../../../../validation/plain-data";
import { releaseSections } from "../../../../tools/preview-comment/release-sections";

const rows = (leaves: readonly Leaf[]) => leaves.map(({ path, old, now }) => [written(path), old, now]);
const rule = (alert: string, expr: string, severity = "warning") => ({ alert, expr, labels: { severity } });
const group = (name: string, ...rules: object[]) => ({ name, rules });

describe("differing leaves", () => {
  it("of maps are found by key and sorted, whether they change, appear or disappear", () => {
    const leaves = leavesBetween({ b: 1, a: { x: 1, y: 2 }, gone: true }, { b: 2, a: { x: 1, y: 3 }, come: null });
    assert.deepEqual(rows(leaves), [
      ["a.y", 2, 3],
      ["b", 1, 2],
      ["come", undefined, null],
      ["gone", true, undefined],
    ]);
  });

  it("are empty if everything is the same, and different types count as a difference", () => {
    assert.deepEqual(leavesBetween({ a: [1, { b: null }] }, { a: [1, { b: null }] }), []);
    assert.deepEqual(rows(leavesBetween({ a: "1", b: [] }, { a: 1, b: {} })), [
      ["a", "1", 1],
      ["b", [], {}],
    ]);
  });

  it("of rules are matched by name: a rule inserted before the others is one leaf", () => {
    const old = [group("A", rule("One", "a"), rule("Two", "b"))];
    const now = [group("New", rule("N", "n")), group("A", rule("Zero", "z"), rule("One", "a"), rule("Two", "c"))];
    assert.deepEqual(rows(leavesBetween(old, now)), [
      ["[New].rules[N]", undefined, rule("N", "n")],
      ["[A].rules[Zero]", undefined, rule("Zero", "z")],
      ["[A].rules[Two].expr", "b", "c"],
    ]);
  });

  it("of rules with the same name are matched by labels too, and a renamed rule keeps its place", () => {
    const old = [rule("Disk", "d > 80"), rule("Disk", "d > 90", "critical"), rule("Old", "o")];
    const now = [rule("Disk", "d > 95", "critical"), rule("Disk", "d > 80"), rule("Fresh", "o")];
    assert.deepEqual(rows(leavesBetween(old, now)), [
      ["[Disk].expr", "d > 90", "d > 95"],
      ["[Fresh].alert", "Old", "Fresh"],
      ["order", ["Disk (2)", "Disk", "Fresh"], ["Disk", "Disk (2)", "Fresh"]],
    ]);
  });

  it("of routes are matched by receiver and matchers, and their order counts, because the first match wins", () => {
    const route = (receiver: string, ...matchers: string[]) => ({ receiver, matchers });
    const old = { routes: [route("a", 'team="a"'), route("b", 'team="b"')] };
    assert.deepEqual(rows(leavesBetween(old, { routes: [...old.routes].reverse() })), [
      ["routes.order", ['team="a"', 'team="b"'], ['team="b"', 'team="a"']],
    ]);
    assert.deepEqual(rows(leavesBetween(old, { routes: [route("a", 'team="a"'), route("c", 'team="b"')] })), [
      ['routes[team="b"].receiver', "b", "c"],
    ]);
    const classic = { routes: [{ receiver: "a", match: { team: "a" }, match_re: { x: "y.*" } }] };
    assert.deepEqual(rows(leavesBetween({ routes: [] }, classic)), [
      ['routes[team="a", x=~"y.*"]', undefined, classic.routes[0]],
    ]);
  });

  it("of lists of strings are the whole lists; other lists are compared by position", () => {
    assert.deepEqual(rows(leavesBetween({ a: ["x", "y"] }, { a: ["y"] })), [["a", ["x", "y"], ["y"]]]);
    assert.deepEqual(rows(leavesBetween({ a: [{ weight: 1 }] }, { a: [{ weight: 2 }, { weight: 3 }] })), [
      ["a[0].weight", 1, 2],
      ["a[1]", undefined, { weight: 3 }],
    ]);
  });

  it("are found in JSON inside a string, such as a policy", () => {
    const policy = (action: string) => ({ policy: JSON.stringify({ Statement: { Action: action } }) });
    assert.deepEqual(rows(leavesBetween(policy("a"), policy("b"))), [["policy.Statement.Action", "a", "b"]]);
    assert.deepEqual(rows(leavesBetween({ a: "{x" }, { a: "{y" })), [["a", "{x", "{y"]]);
  });

  it("are found in 5,000 rules within two seconds", () => {
    const rules = (expr: (index: number) => string) => [
      group("Big", ...Array.from({ length: 5_000 }, (_, index) => rule(`Alert${index}`, expr(index)))),
    ];
    const started = performance.now();
    const leaves = leavesBetween(
      rules((index) => `x > ${index}`),
      [group("Big", rule("First", "f"), ...rules((index) => `x > ${index % 4_999}`)[0]!.rules)],
    );
    assert.equal(leaves.length, 2);
    assert.ok(performance.now() - started < 2_000);
  });

  it("are searched without an error in objects deeper than any input of the program", () => {
    const deep = (end: unknown) => Array.from({ length: 500 }).reduce<unknown>((inner) => ({ a: inner }), end);
    assert.equal(leavesBetween(deep(1), deep(2)).length, 1);
  });

  it("do not follow the names of prototypes", () => {
    const now = JSON.parse('{"__proto__":{"x":1},"constructor":{"prototype":{"y":1}}}') as object;
    assert.deepEqual(
      leavesBetween({}, now).map(({ path }) => written(path)),
      ["__proto__", "constructor"],
    );
  });
});

describe("differing leaves of the release", () => {
  const sectionsOf = (old: object, now: object) =>
    releaseSections(leavesBetween({ values: old }, { values: now })).map(({ title, rows: own }) => [
      title,
      ...own.map(({ what }) => what),
    ]);

  it("have the names that a reviewer knows", () => {
    const values = (o: { expr: string; channel: string; repeat: string; path: string; cpu: string }) => ({
      serverFiles: { "alerting_rules.yml": { groups: [group("Pushed", rule("Old", o.expr))] } },
      alertmanager: {
        config: {
          receivers: [{ name: "slack", slack_configs: [{ channel: o.channel }] }],
          route: {
            receiver: "slack",
            repeat_interval: o.repeat,
            routes: [
              { receiver: "slack", matchers: ['a="1"'], routes: [{ receiver: o.channel, matchers: ['b="2"'] }] },
            ],
          },
        },
      },
      scrapeConfigs: { apps: { metrics_path: o.path } },
      server: { resources: { limits: { "example.com/cpu": o.cpu } } },
    });
    const old = { expr: "a", channel: "#a", repeat: "1h", path: "/a", cpu: "1" };
    const now = { expr: "b", channel: "#b", repeat: "2h", path: "/b", cpu: "2" };
    assert.deepEqual(sectionsOf(values(old), values(now)), [
      ["Rules", "Old in Pushed: expr"],
      ["Receivers", "slack: slack_configs.0.channel"],
      ["Routes", "root route: repeat_interval", 'a="1" > b="2": receiver'],
      ["Scrape jobs", "apps: metrics_path"],
      ["Other values of the chart", 'server.resources.limits["example.com/cpu"]'],
    ]);
  });

  it("of a new or removed rule group are its rules and its interval", () => {
    const groups = (...all: object[]) => ({ serverFiles: { "alerting_rules.yml": { groups: all } } });
    const added = { ...group("New", rule("N", "n")), interval: "1m" };
    assert.deepEqual(sectionsOf(groups(), groups(added)), [["Rules", "N in New", "group New: interval"]]);
    assert.deepEqual(sectionsOf(groups(added), groups()), [["Rules", "N in New", "group New: interval"]]);
  });

  it("that are not in the chart's values keep their path", () => {
    const leaves = leavesBetween({ chart: "prometheus", version: "1" }, { chart: "prometheus", version: "2" });
    assert.deepEqual(
      releaseSections(leaves).map(({ title, rows: own }) => [title, ...own.map(({ what }) => what)]),
      [["Other values of the chart", "version"]],
    );
  });
});

describe("the engine's paths", () => {
  it("are split into keys, including quoted keys", () => {
    assert.deepEqual(keysOf('values.serverFiles["a.yml"].groups[1]["q\\"x"]'), [
      "values",
      "serverFiles",
      "a.yml",
      "groups",
      "1",
      'q"x',
    ]);
    assert.equal(valueAt({ a: { "b.c": [{ d: 7 }] } }, keysOf('a["b.c"][0].d')), 7);
    assert.equal(valueAt({}, keysOf("constructor.name")), undefined);
  });
});
