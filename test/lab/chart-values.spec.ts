import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { at, standIn, type Yaml } from "../support/lab/helm";
import { pathsReadBy } from "../support/lab/template-paths";

/**
 * A folder with the values of the real charts and the paths that their templates read. It exists only on the
 * developers' machines, beside the project.
 */
const realCharts = resolve(__dirname, "../../../shared/chart");
const withoutThem = existsSync(realCharts) ? "" : " (skipped: the real charts' values are not in ../shared/chart)";

const subCharts = ["alertmanager", "kube-state-metrics", "prometheus-node-exporter", "prometheus-pushgateway"];

/**
 * Values that the real chart reads and that the lab's chart ignores instead of refusing them. They affect only features
 * that cannot be enabled in the lab's chart.
 */
const withoutEffect: Readonly<Record<string, readonly string[]>> = {
  prometheus: ["server.podAntiAffinityTopologyKey"],
  alertmanager: ["hostUsers", "podAntiAffinityTopologyKey"],
  "kube-state-metrics": ["rbac.customResourceState.createClusterRoleRules"],
  "prometheus-node-exporter": ["permissionInitContainer.image", "permissionInitContainer.securityContext"],
  "prometheus-pushgateway": ["podAntiAffinityTopologyKey"],
};

(withoutThem === "" ? describe : describe.skip)(`the values of the lab's stand-in chart${withoutThem}`, () => {
  for (const chart of ["prometheus", ...subCharts]) {
    const folder = chart === "prometheus" ? standIn : join(standIn, "charts", chart);

    describe(chart, () => {
      let real: Yaml;
      let named: string[];

      // The files are read in `before`, because they may not exist, and the body of a skipped suite still runs.
      before(() => {
        real = readValues(join(realCharts, chart));
        named = lines(join(realCharts, chart, "referenced-paths.txt"));
      });

      it("are read only if the real chart has them", () => {
        const invented = [...readIn(chart, folder)].filter(
          (path) => at(real, ...path.split(".")) === undefined && !named.some((known) => related(known, path)),
        );
        assert.deepEqual(invented, []);
      });

      it("have the real chart's defaults", () => {
        const wrong = leaves(readValues(folder)).filter(
          ([path, value]) => JSON.stringify(at(real, ...path)) !== JSON.stringify(value),
        );
        assert.deepEqual(wrong, []);
      });

      it("include every path of the real chart, either with an effect or as a refused value", () => {
        const refused = lines(join(folder, "not-honoured.txt"));
        const subChartsOwn = chart === "prometheus" ? subCharts : [];
        const known = [...readIn(chart, folder), ...refused, ...(withoutEffect[chart] ?? []), ...subChartsOwn];
        const gates = refused.filter((path) => path.endsWith(".enabled")).map((path) => path.replace(/\.enabled$/, ""));
        const lost = named.filter((path) => ![...known, ...gates].some((other) => related(other, path)));
        assert.deepEqual(lost, []);
      });
    });
  }
});

/** The paths that a chart's templates read, including those that the parent's shared templates read for the chart. */
function readIn(chart: string, folder: string): Set<string> {
  const own = pathsReadBy(folder);
  if (chart === "prometheus") {
    const ofSubCharts = new Set(["namespaceOverride", "serviceAccount.create", "serviceAccount.name"]);
    return new Set([...own].filter((path) => !ofSubCharts.has(path)));
  }
  return new Set([...own, ...pathsReadBy(standIn, "_shared.tpl")]);
}

/** Whether the paths are equal or one is inside the other. */
function related(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}.`) || other.startsWith(`${one}.`);
}

function lines(file: string): string[] {
  return readFileSync(file, "utf8").trim().split("\n");
}

function readValues(folder: string): Yaml {
  return parse(readFileSync(join(folder, "values.yaml"), "utf8")) as Yaml;
}

/** Every value of a tree, with its path: scalars, lists and empty maps. */
function leaves(value: Yaml, path: string[] = []): [string[], Yaml][] {
  if (value !== null && typeof value === "object" && !Array.isArray(value) && Object.keys(value).length > 0) {
    return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
  }
  return [[path, value]];
}
