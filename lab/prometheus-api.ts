import { PrometheusApi as ToolsPrometheusApi } from "../tools/stack/servers/prometheus-api";
import { type Access, getText } from "./web";

export type { RuleAlert as ActiveAlert, Target } from "../tools/stack/servers/prometheus-api";

/** The client of Prometheus' HTTP API that the tools use, extended by a method that fetches any page of the server. */
export class PrometheusApi extends ToolsPrometheusApi {
  constructor(
    private readonly url: string,
    private readonly how: Access = {},
  ) {
    super(url, undefined, { ...(how.login && { login: how.login }), ...(how.ca && { authority: how.ca }) });
  }

  /** The text of a page. Throws an error with a message for users if the request fails. */
  public async page(path: string): Promise<string> {
    return getText(`${this.url}${path}`, this.how);
  }
}
