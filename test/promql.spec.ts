import * as assert from "node:assert/strict";
import { place, readPromql } from "../prometheus/promql";
import { unquoted } from "../prometheus/promqlStrings";
import { matchesEmpty, regexFault } from "../prometheus/regularExpressions";

const told = (text: string) => readPromql(text).faults.map((fault) => `${place(text, fault)}: ${fault.message}`);

describe("PromQL", () => {
  it("types are checked", () => {
    assert.match(told("rate(up)")[0]!, /^character 6 \("up"\): expected type range vector/);
    assert.match(told("abs(1,2)")[0]!, /^character 1 \("abs\(1,2\)"\): expected 1 argument/);
  });

  it("a fault is told with its place and what is there", () => {
    assert.deepEqual(told("up = 1"), ['character 4 ("="): cannot be read here; a comparison is written ==']);
    assert.match(told("up ==")[0]!, /^character 6: it ends too early/);
    assert.match(told("up\n  == 0 )")[0]!, /^line 2, character 8 \("\)"\)/);
  });

  it("nothing is told twice", () => {
    const all = told("x and on (a) group_left (b) y");
    assert.equal(new Set(all).size, all.length);
  });

  // The editor's state reads 3,000 characters at once, and what comes after when there is time.
  const long = (last: string) =>
    `${Array.from({ length: 400 }, (_, n) => `up{job="service-${n}"}`).join(" or ")} or ${last}`;

  it("a fault behind thousands of characters is found", () => {
    assert.ok(long("x").length > 8000);
    assert.deepEqual(told(long("x")), []);
    assert.match(told(long("rate(x)"))[0]!, /expected type range vector/);
    assert.match(told(long("(x"))[0]!, /it ends too early/);
    assert.match(told(long("1"))[0]!, /set operator not allowed/);
    assert.match(told(long("x == "))[0]!, /it ends too early/);
    const [{ from, to } = { from: 0, to: 0 }] = readPromql(long("rate(x)")).faults;
    assert.equal(long("rate(x)").slice(from, to), "x");
    assert.match(told(long('x{a=~"("}'))[0]!, /regular expression/);
  });

  it("a long chain of or is taken, whatever it matches on, and not split within brackets, quotes and comments", () => {
    const chain = Array.from({ length: 500 }, (_, n) => `sum by (a) (x{b="${n} or "} or y) > 0 # or\n`);
    assert.deepEqual(told(chain.join(" or on (a) ")), []);
    assert.deepEqual(told(chain.join(" OR ")), []);
  });

  it("an expression that is too deep to be checked is refused, and never taken unread", () => {
    const deep = `${"(".repeat(20_000)}up${")".repeat(20_000)}`;
    assert.match(told(deep)[0]!, /nested too deeply to be checked|cannot be read here/);
  });

  it("whatever is given, nothing is thrown", () => {
    const nasty = [
      "",
      " ",
      "\0",
      "{",
      "}",
      "((((",
      "\\",
      '"',
      "`",
      "'\\'",
      "#",
      "\n",
      'up{a=~"[\\\\"}',
      "🙂",
      "{{ up }}",
      "up[",
      "@",
    ];
    for (const text of nasty) assert.ok(readPromql(text).faults.length > 0, JSON.stringify(text));
  });

  const strings: readonly [literal: string, text: string | undefined][] = [
    ['"a"', "a"],
    ["'a\"b'", 'a"b'],
    ["`a\\d`", "a\\d"],
    ['"a\\\\d"', "a\\d"],
    ['"\\x41\\u00e9\\101\\n"', "AéA\n"],
    ['"\\d"', undefined],
    ['"\\\'"', undefined],
    ['"\\x4"', undefined],
    ['"\\400"', undefined],
    ['"a\\"', undefined],
  ];
  for (const [literal, text] of strings) {
    it(`the string ${literal} is ${text === undefined ? "refused" : JSON.stringify(text)}`, () => {
      const read = unquoted(literal);
      assert.equal("text" in read ? read.text : undefined, text);
    });
  }
});

describe("regular expressions of Go", () => {
  const good = [
    "",
    "a|b",
    "(?i)a",
    "(?i:a)",
    "(?P<n>a)",
    "(?<n>a)",
    "[[:alpha:]]",
    "[^[:space:]]",
    "[]a]",
    "[^]]",
    "\\Qa+(\\E",
    "\\pL",
  ];
  good.push(
    "\\p{Greek}",
    "\\A\\z",
    "a{,5}",
    "{",
    "]",
    "a{1,1000}",
    "\\x{10FFFF}",
    "\\x41",
    "\\.",
    "a+?",
    "[a\\]b]",
    "(?-s).",
    "[a-]",
    "\\-",
  );
  for (const text of good) it(`${JSON.stringify(text)} is one`, () => assert.equal(regexFault(text), undefined));

  const bad = [
    "(",
    ")",
    "[a",
    "*",
    "a**",
    "a++",
    "(?=a)",
    "(?!a)",
    "(?<=a)",
    "(?<!a)",
    "(?>a)",
    "(a)\\1",
    "\\k<n>",
    "\\y",
    "\\Z",
    "\\",
  ];
  bad.push("a{1001}", "a{2,1}", "[[:foo:]]", "[z-a]", "\\x4", "\\p", "(?#a)", "(?P=n)", "(?<n>a)(?<n>b)");
  for (const text of bad) it(`${JSON.stringify(text)} is none`, () => assert.equal(typeof regexFault(text), "string"));

  it("what matches the empty text is known", () => {
    for (const text of ["", ".*", "a?", "a|", "(?i)", "(a*)"]) assert.ok(matchesEmpty(text), text);
    for (const text of [".+", "a", "(", "\\pL"]) assert.ok(!matchesEmpty(text), text);
  });
});
