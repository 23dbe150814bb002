import { PrometheusApi as ToolsPrometheusApi } from "../tools/drill/prometheus-api";
import { type Access, getText } from "./web";

export type { RuleAlert as ActiveAlert, Target } from "../tools/drill/prometheus-api";

/** Prometheus' HTTP API as the drill asks it, and any other page of the server. */
export class PrometheusApi extends ToolsPrometheusApi {
  constructor(
    private readonly url: string,
    private readonly how: Access = {},
  ) {
    super(url, undefined, { ...(how.login && { login: how.login }), ...(how.ca && { authority: how.ca }) });
  }

  /** The text of a page. Throws a sentence when no good answer comes. */
  public async page(path: string): Promise<string> {
    return getText(`${this.url}${path}`, this.how);
  }
}
