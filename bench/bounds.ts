/**
 * `npm run bench:bounds [-- --only <text>]`: how the time of the checks grows with the input. Each kind of input is
 * checked as in a preview, at several sizes that double each time, in turns within one run. Twice the time for twice
 * the input is linear growth.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { releaseValues } from "../values/release-values";
import { ConfigurationError } from "../validation/faults";
import { readExpression } from "../prometheus/parsers/parsers";
import { configuration } from "../test/support/settings";
import { markdown, median } from "./markdown";

const rounds = 3;
const doublings = 3;

interface Kind {
  /** The largest size; the earlier sizes are its half, its quarter and so on. */
  readonly most: number;
  /** Settings of that size. Their strings contain `mark`, because verdicts on strings checked earlier are cached. */
  readonly make: (size: number, mark: string) => Readonly<Record<string, unknown>>;
}

const times = <T>(size: number, make: (n: number) => T): T[] => Array.from({ length: size }, (_, n) => make(n));
const keys = (size: number, value: unknown = "x") => Object.fromEntries(times(size, (n) => [`key_${n}`, value]));

const values = (most: number, make: (size: number, mark: string) => object): Kind => ({
  most,
  make: (size, mark) => ({ values: make(size, mark) }),
});
const rules = (most: number, make: (size: number, mark: string) => readonly object[]): Kind => ({
  most,
  make: (size, mark) => ({ rules: { groups: [{ name: "g", rules: make(size, mark) }] } }),
});
const rule = (changes: object) => [{ alert: "A", expr: "up == 0", labels: { severity: "info" }, ...changes }];
const expression = (most: number, make: (size: number, mark: string) => string) =>
  rules(most, (size, mark) => rule({ expr: make(size, mark) }));
const alertmanager = (most: number, make: (size: number, mark: string) => object): Kind => ({
  most,
  make: (size, mark) => ({ alertmanager: make(size, mark) }),
});
const routes = (most: number, make: (size: number, mark: string) => readonly object[]) =>
  alertmanager(most, (size, mark) => ({ receivers: [{ name: "r" }], routes: make(size, mark) }));
const receiver = (most: number, make: (size: number, mark: string) => object) =>
  alertmanager(most, (size, mark) => ({
    receivers: [{ name: "r", ...make(size, mark) }],
    routes: [{ receiver: "r" }],
  }));
const webhook = (changes: object) => ({ webhook_configs: [{ url: "https://hooks.example/", ...changes }] });
const job = (most: number, make: (size: number) => object) =>
  values(most, (size) => ({ scrapeConfigs: { job: make(size) } }));
const targets = [{ targets: ["x:80"] }];
/** A rule file that becomes larger only by repeating one part. */
const file = (most: number, make: (size: number, mark: string) => string): Kind => ({
  most,
  make: (size, mark) => {
    mkdirSync(join(folder, "rules"), { recursive: true });
    writeFileSync(join(folder, "rules", "rules.yaml"), make(size, mark));
    return { rules: { folder: "rules" } };
  },
});

const wide = 100_000;
const kinds: Readonly<Record<string, Kind>> = {
  "expression, signs": expression(400, (size, mark) => `${"-".repeat(size)}up${mark}`),
  "expression, brackets": expression(400, (size, mark) => `${"(".repeat(size)}up${mark}${")".repeat(size)}`),
  "expression, signs and brackets": expression(
    400,
    (size, mark) => `${"-(".repeat(size / 2)}up${mark}${")".repeat(size / 2)}`,
  ),
  "expression, functions": expression(400, (size, mark) => `${"abs(".repeat(size)}up${mark}${")".repeat(size)}`),
  "expression, nested too deeply": expression(400_000, (size, mark) => `${"(".repeat(size)}up${mark}`),
  "expression, long": expression(4_000, (size, mark) => times(size, (n) => `a${mark}_${n}`).join(" or ")),
  "expression, long regex": expression(400_000, (size, mark) => `up{a=~"${"ab?|".repeat(size / 4)}${mark}"}`),
  "expression, many matchers": expression(
    10_000,
    (size, mark) => `up{${times(size, (n) => `a${n}=~"${mark}.?"`).join()}}`,
  ),
  "rules, short": rules(10_000, (size, mark) => times(size, (n) => ({ record: "a", expr: `a${mark}_${n}` }))),
  "rules, each in a group": {
    most: 10_000,
    make: (size, mark) => ({
      rules: { groups: times(size, (n) => ({ name: `g${n}`, rules: [{ record: "a", expr: `a${mark}_${n}` }] })) },
    }),
  },
  "rules, all bad": rules(10_000, (size, mark) => times(size, (n) => ({ record: "a", expr: `a(${mark}_${n}` }))),
  "rules, all of one name": rules(10_000, (size, mark) => times(size, () => ({ alert: "A", expr: `a${mark}` }))),
  "rules, more than fit": rules(100_000, (size, mark) => times(size, (n) => ({ record: "a", expr: `a${mark}_${n}` }))),
  "rule, keys": rules(wide, (size) => rule(keys(size))),
  "rule, labels": rules(16_000, (size, mark) => rule({ labels: { severity: "info", ...keys(size, mark) } })),
  "rule, labels of numbers": rules(wide, (size) => rule({ labels: { severity: "info", ...keys(size, 1) } })),
  "rule, annotations that show": rules(10_000, (size, mark) =>
    rule({ annotations: keys(size, `{{ $value }}${mark}`) }),
  ),
  "rule, annotations that fail": rules(10_000, (size, mark) => rule({ annotations: keys(size, `{{ $x }}${mark}`) })),
  "rule, long text": rules(800_000, (size, mark) =>
    rule({ annotations: { a: `${"{{ $value }} ".repeat(size / 13)}${mark}` } }),
  ),
  "rule, long text that is bad": rules(800_000, (size, mark) =>
    rule({ annotations: { a: `${"{{ x ".repeat(size / 5)}${mark}` } }),
  ),
  "rule file, an anchor repeated": file(
    20_000,
    (size, mark) => `groups:\n- name: g\n  rules:\n  - &a {record: a, expr: up${mark}}\n${"  - *a\n".repeat(size)}`,
  ),
  "rule file, labels repeated": file(
    20_000,
    (size, mark) =>
      `groups:\n- name: g\n  labels: &a {b: c}\n  rules:\n${times(size, (n) => `  - {record: a, expr: up${mark}_${n}, labels: *a}\n`).join("")}`,
  ),
  "rule file, bad lines": file(
    20_000,
    (size) => `groups:\n- name: g\n  rules:\n${"  - {record: a, expr: '('\n".repeat(size)}`,
  ),
  "values, keys": values(wide, (size) => keys(size)),
  "values, keys of the server": values(wide, (size) => ({ server: keys(size) })),
  "values, keys of null": values(wide, (size) => ({ server: keys(size, null) })),
  "values, flags": values(wide, (size) => ({ server: { extraArgs: keys(size) } })),
  "values, files": values(wide, (size) => ({ serverFiles: keys(size, {}) })),
  "values, labels of pods": values(wide, (size) => ({ server: { podLabels: keys(size) } })),
  "values, labels of numbers": values(wide, (size) => ({ server: { podLabels: keys(size, 1) } })),
  "values, environment": values(wide, (size) => ({
    server: { env: times(size, (n) => ({ name: `A${n}`, value: "x" })) },
  })),
  "values, bad environment": values(wide, (size) => ({ server: { env: times(size, (n) => ({ nam: `A${n}` })) } })),
  "values, volumes of the host": values(wide, (size) => ({
    server: { extraVolumes: times(size, (n) => ({ name: `a${n}`, hostPath: { path: "/" } })) },
  })),
  "values, keys of old charts": values(wide, (size) => ({ nodeExporter: keys(size), alertmanagerFiles: keys(size) })),
  "values, secrets in clear": values(wide, (size) => ({
    server: { extraVolumes: times(size, () => ({ password: "x" })) },
  })),
  "scrape jobs": values(10_000, (size) => ({ scrapeConfigs: keys(size, { static_configs: targets }) })),
  "scrape jobs, all bad": values(10_000, (size) => ({ scrapeConfigs: keys(size, { static_config: targets }) })),
  "scrape jobs, all refused": values(4_000, (size) => ({
    scrapeConfigs: keys(size, { static_configs: targets, relabel_configs: [{ action: "hashmod" }] }),
  })),
  "scrape job, keys": job(wide, (size) => ({ static_configs: targets, ...keys(size) })),
  "scrape job, labels": job(wide, (size) => ({ static_configs: [{ targets: ["x:80"], labels: keys(size) }] })),
  "scrape job, targets": job(wide, (size) => ({ static_configs: [{ targets: times(size, (n) => `x${n}:80`) }] })),
  "scrape job, relabellings": job(10_000, (size) => ({
    static_configs: targets,
    relabel_configs: times(size, (n) => ({ action: "drop", source_labels: ["a"], regex: `${n}` })),
  })),
  "routes, flat": routes(3_000, (size, mark) => times(size, (n) => ({ receiver: "r", matchers: [`a="${mark}${n}"`] }))),
  "routes, flat, each with a receiver": alertmanager(3_000, (size) => ({
    receivers: times(size, (n) => ({ name: `r${n}`, ...webhook({}) })),
    routes: times(size, (n) => ({ receiver: `r${n}`, matchers: [`a="${n}"`] })),
  })),
  "routes, flat, regexes": routes(3_000, (size, mark) =>
    times(size, (n) => ({ receiver: "r", matchers: [`a=~"${mark}${n}?"`] })),
  ),
  "routes, flat, of one label's value": routes(3_000, (size) =>
    times(size, (n) => ({ receiver: "r", continue: true, matchers: [`a="x"`, `b="${n}"`] })),
  ),
  "routes, flat, no such receiver": routes(3_000, (size) => times(size, (n) => ({ receiver: `s${n}` }))),
  "routes, flat, all bad": routes(3_000, (size, mark) =>
    times(size, (n) => ({ receiver: "r", matchers: [`a==${mark}${n}`] })),
  ),
  "routes, flat, time intervals": alertmanager(1_000, (size) => ({
    timeIntervals: times(size, (n) => ({ name: `t${n}`, time_intervals: [{ weekdays: ["monday"] }] })),
    receivers: [{ name: "r" }],
    routes: times(size, (n) => ({ receiver: "r", matchers: [`a="${n}"`], mute_time_intervals: [`t${n}`] })),
  })),
  "routes, nested by 20": routes(3_000, (size) =>
    times(size / 20, (n) =>
      times(20, (depth) => depth).reduce<object>(
        (below, depth) => ({ receiver: "r", matchers: [`a${depth}="${n}"`], routes: [below] }),
        { receiver: "r" },
      ),
    ),
  ),
  "route, matchers in one entry": routes(10_000, (size, mark) => [
    { receiver: "r", matchers: [`{${times(size, (n) => `a${n}="${mark}"`).join()}}`] },
  ]),
  "route, matchers of one label": routes(10_000, (size, mark) => [
    { receiver: "r", matchers: times(size, (n) => `a!="${mark}${n}"`) },
  ]),
  "route, long regex": routes(400_000, (size, mark) => [
    { receiver: "r", matchers: [`a=~"${"ab?|".repeat(size / 4)}${mark}"`] },
  ]),
  "route, keys": routes(wide, (size) => [{ receiver: "r", ...keys(size) }]),
  "route, labels to group by": routes(wide, (size) => [{ receiver: "r", group_by: times(size, (n) => `a${n}`) }]),
  "inhibit rules": alertmanager(3_000, (size, mark) => ({
    inhibitRules: times(size, (n) => ({
      source_matchers: [`alertname="${mark}${n}"`],
      target_matchers: [`alertname="b${n}"`],
      equal: ["a"],
    })),
  })),
  "receiver, keys": receiver(wide, (size) => keys(size)),
  "receiver, keys of a webhook": receiver(wide, (size) => webhook(keys(size))),
  "receiver, fields of Slack": receiver(10_000, (size) => ({
    slack_configs: [
      { api_url: { credential: "x" }, channel: "#a", fields: times(size, (n) => ({ title: `${n}`, value: "x" })) },
    ],
  })),
  "receiver, long text": receiver(400_000, (size, mark) => ({
    slack_configs: [{ channel: "#a", text: `${"{{ .Status }} ".repeat(size / 14)}${mark}` }],
  })),
  "receivers, of one name": alertmanager(3_000, (size) => ({ receivers: times(size, () => ({ name: "r" })) })),
  "receivers, unused": alertmanager(3_000, (size) => ({
    receivers: times(size, (n) => ({ name: `r${n}`, ...webhook({}) })),
  })),
  "receivers, all refused": alertmanager(4_000, (size) => ({
    receivers: times(size, (n) => ({ name: `r${n}`, webhook_configs: [{ url: "http://x.svc/", timeout: "1d" }] })),
  })),
  "receivers, each with a text": alertmanager(1_000, (size, mark) => ({
    receivers: times(size, (n) => ({
      name: `r${n}`,
      slack_configs: [{ channel: "#a", text: `{{ .Status }} ${mark} ${n}` }],
    })),
  })),
  "receivers' texts, with template files": {
    most: 400,
    make: (size, mark) => ({
      alertmanager: {
        receivers: times(size, (n) => ({
          name: `r${n}`,
          slack_configs: [{ channel: "#a", text: `{{ .Status }} ${mark} ${n}` }],
        })),
      },
      values: {
        alertmanager: {
          templates: {
            "a.tmpl": times(size, (n) => `{{ define "a${n}${mark}" }}${"x".repeat(500)}{{ end }}`).join("\n"),
          },
        },
      },
    }),
  },
  "template files": values(200, (size, mark) => ({
    alertmanager: {
      templates: Object.fromEntries(times(size, (n) => [`a${n}.tmpl`, `{{ define "a${n}${mark}" }}x{{ end }}`])),
    },
  })),
  "template file, long": values(400_000, (size, mark) => ({
    alertmanager: { templates: { "a.tmpl": `{{ define "a${mark}" }}${"{{ .Status }} ".repeat(size / 14)}{{ end }}` } },
  })),
};

/** The folder with the rule files. */
const folder = mkdtempSync(join(tmpdir(), "bounds-"));

/** Checks settings of one size. Returns the time in milliseconds, and the number of errors and warnings. */
function measured({ make }: Kind, size: number, mark: string): { readonly ms: number; readonly told: number } {
  const given = make(size, mark);
  const start = performance.now();
  const { settings, faults } = configuration(given);
  const release = releaseValues(settings, [], folder);
  const all = [...faults, ...release.faults];
  void new ConfigurationError(all).message;
  return { ms: performance.now() - start, told: all.length + release.warnings.length };
}

function main(): void {
  const { values: options } = parseArgs({ options: { only: { type: "string", default: "" } } });
  readExpression("up");
  const rows: (string | number)[][] = [];
  let run = 0;
  for (const [name, kind] of Object.entries(kinds)) {
    if (!name.includes(options.only)) continue;
    const sizes = times(doublings, (n) => kind.most / 2 ** (doublings - 1 - n));
    const next = (size: number) => measured(kind, size, `m${run++}`);
    const first = sizes.map(next);
    // A slow check runs only once, because more runs would not make its time more exact. A fast check runs again,
    // because its code has been compiled by now.
    const all = first.at(-1)!.ms > 5_000 ? [first] : times(rounds, () => sizes.map(next));
    const ms = sizes.map((_, at) => median(all.map((round) => round[at]!.ms)));
    const ratios = ms.slice(1).map((one, at) => (one / ms[at]!).toFixed(1));
    rows.push([name, kind.most, ...ratios, ms.at(-1)!.toFixed(0), first.at(-1)!.told]);
    process.stderr.write(`${rows.at(-1)!.join(" | ")}\n`);
  }
  const heads = times(doublings - 1, (n) => `ratio at 1/${2 ** (doublings - 2 - n)}`.replace("1/1", "this size"));
  console.log(`Medians of ${rounds} rounds; a ratio is the time of a size by that of its half\n`);
  console.log(markdown(["input", "size", ...heads, "ms at this size", "problems and warnings"], rows));
}

try {
  main();
} finally {
  rmSync(folder, { recursive: true });
}
process.exit(0);
