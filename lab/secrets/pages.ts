import type { Lab } from "../lab";
import { ask, type Urls } from "../web";
import type { Place } from "./scan";

/** The pages and API paths of Alertmanager that show data to anyone who is logged in. */
const alertmanagerPaths = [
  "/",
  "/api/v2/status",
  "/api/v2/receivers",
  "/api/v2/alerts",
  "/api/v2/alerts/groups",
  "/api/v2/silences",
  "/metrics",
  "/debug/pprof/cmdline",
  "/debug/pprof/goroutine?debug=2",
];
/** The pages and API paths of Prometheus. The web pages of an official build are one application that reads the API. */
const prometheusPaths = [
  "/",
  "/api/v1/status/config",
  "/api/v1/status/flags",
  "/api/v1/status/runtimeinfo",
  "/api/v1/status/buildinfo",
  "/api/v1/status/tsdb",
  "/api/v1/targets",
  "/api/v1/targets/metadata?limit=100",
  "/api/v1/scrape_pools",
  "/api/v1/alertmanagers",
  "/api/v1/rules",
  "/api/v1/alerts",
  "/federate?match[]=%7B__name__%3D~%22.%2B%22%7D",
  "/metrics",
  "/debug/pprof/cmdline",
  "/debug/pprof/goroutine?debug=2",
];
/** The pages of the chart's other programs. */
const otherPages: readonly (readonly [app: string, ...paths: string[]])[] = [
  ["kube-state-metrics", "/metrics"],
  ["prometheus-pushgateway", "/metrics", "/api/v1/metrics", "/api/v1/status"],
];

/**
 * The answers of all pages, as places to search. They include headers and error pages. Throws an error if a server
 * refuses the lab's login, because its pages would not be searched.
 */
export async function answerPlaces({ nodes }: Lab, { prometheus, alertmanager, access }: Urls): Promise<Place[]> {
  const others = await Promise.all(
    otherPages.map(async ([app, ...paths]) => ({ app, url: await nodes.urlOf({ app }), paths })),
  );
  const asked = [
    ...alertmanagerPaths.map((path) => ({ app: "Alertmanager", url: `${alertmanager}${path}`, path, access })),
    ...prometheusPaths.map((path) => ({ app: "Prometheus", url: `${prometheus}${path}`, path, access })),
    ...others.flatMap(({ app, url, paths }) => paths.map((path) => ({ app, url: `${url}${path}`, path, access: {} }))),
  ];
  return Promise.all(
    asked.map(async (one): Promise<Place> => {
      const { status, headers, text } = await ask(one.url, one.access);
      if (status === 401 || status === 403) {
        throw new Error(`${one.app} does not let the lab in (${status} at ${one.path}), so it was not searched.`);
      }
      return {
        name: `answer: ${one.app} ${one.path.split("?")[0]} (${status})`,
        content: `${JSON.stringify(headers)}\n${text}`,
      };
    }),
  );
}
