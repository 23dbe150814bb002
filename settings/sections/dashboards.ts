import { z } from "zod";
import { kubernetesName, labelKey, webUrl } from "./value-types";

/** Dashboards for a Grafana that exists already. Without a namespace, nothing is created. */
export const dashboards = z
  .strictObject({
    namespace: kubernetesName
      .optional()
      .describe(
        "The existing namespace of Grafana, in which the dashboards are created (docs/dashboards.md); without it, none are created",
      ),
    label: labelKey
      .default("grafana_dashboard")
      .describe('The label by which Grafana finds dashboards; its value is always "1"'),
    folder: z
      .string()
      .regex(/^[A-Za-z0-9][-A-Za-z0-9_. ]{0,63}$/, {
        error: "a name of at most 64 letters, digits, spaces, dots, dashes and underscores",
      })
      .default("Alerting")
      .describe("Grafana's folder for the dashboards"),
    datasource: z
      .boolean()
      .default(true)
      .describe("Whether Grafana also gets a datasource, with the address of Prometheus and a separate password"),
    url: webUrl
      .refine((text) => !URL.canParse(text) || new URL(text).search + new URL(text).hash === "", {
        error: "the URL of Grafana's start page, without `?` and `#`",
      })
      .optional()
      .describe("The URL of Grafana for people; with it, messages link to the dashboard of their alert"),
  })
  .prefault({});
