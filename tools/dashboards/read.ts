import type { DashboardName } from "../../alerts/dashboard-of";
import { dashboards } from "../../values/dashboards/dashboards";
import { type CliOptions, StackUnreadable } from "../stack/cli";
import { readPlainSettings, withSections } from "../stack/configuration";

/** The sections of the settings from which the dashboards follow. */
const needed = ["alerts", "availability", "dashboards", "heartbeat", "prometheus", "rules", "values"] as const;

/** A dashboard with a stack's settings, as JSON for Grafana's import. Decrypts nothing. */
export async function dashboardJson(stack: string, name: DashboardName, options: CliOptions = {}): Promise<string> {
  const settings = withSections(stack, await readPlainSettings(stack, options), needed);
  // The Grafana that imports it has a datasource of its own.
  const imported = { ...settings, dashboards: { ...settings.dashboards, datasource: false } };
  const found = dashboards(imported).find((one) => one.name === name);
  if (found === undefined)
    throw new StackUnreadable(`the stack "${stack}" loads no alert that the dashboard ${name} would show.`);
  return JSON.stringify(found.json, null, 2);
}
