import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withSection } from "../conventions/marked-section";
import { defaultSettings } from "../settings/parse";
import { networkRules, type Port } from "./network-rules";
import { prometheusValues } from "./prometheus-values";

const page = join(__dirname, "..", "docs", "network-policies.md");

/**
 * Returns docs/network-policies.md with new rules between its marks: those of a stack that sets nothing but several
 * replicas and dashboards.
 */
export function withRules(text: string): string {
  return withSection("docs/network-policies.md", text, "rules", rulesTable());
}

function rulesTable(): string {
  const availability = { alertmanagers: 3, prometheus: 2, spread: "masters" } as const;
  const settings = { ...defaultSettings(), availability };
  const { networkPolicies, loadBalancer } = settings;
  const values = prometheusValues(settings);
  const all = networkRules({
    networkPolicies,
    sourceRanges: loadBalancer.sourceRanges,
    secretUrlPorts: [],
    grafanaNamespace: "grafana",
    values,
  });
  const rows = all.flatMap(({ title, rules }) =>
    rules.map(({ direction, whom, ports, why }) => [title, `${direction} ${whom}`, portsInWords(ports), why]),
  );
  const head = ["pods", "may talk", "at port", "what for"];
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function portsInWords(ports: readonly Port[]): string {
  const words = ports.map(({ protocol, port }) => `${port ?? "any"}${protocol === "UDP" ? " (UDP)" : ""}`);
  return words.join(", ").replace(/^(\d+) \(UDP\), \1$/, "$1, and UDP");
}

if (require.main === module) writeFileSync(page, withRules(readFileSync(page, "utf8")));
