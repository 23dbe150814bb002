import { chartFaults, chartFrom } from "../../../values/chart-source";
import type { Configuration } from "../../../config";
import { readableKeys } from "../../../settings/readable";
import { outsideText } from "../../../conventions/outside-text";
import { prometheusChart } from "../../../versions";
import { archiveIn } from "../chart/repository";
import { proxiesOf, proxyFor } from "../../../settings/proxies";
import { type HttpAnswer, HttpFailure, type HttpRequest, send } from "../../shared/http";
import { type Check, failed, type CheckResult, ok, skipped, warning } from "../../shared/check-result";
import { unreadable } from "../cluster";
import { explainNetworkError } from "../network-errors";

const { name, version } = prometheusChart;
const wanted = `${name} ${version}`;
const other =
  "Set alerting:chart.source to a repository that this machine can reach, an oci:// reference, or a local chart.";

/** Whether Helm can fetch the pinned chart from `alerting:chart.source`; only `up` fetches it, a preview does not. */
export function chartCheck({ settings, unread }: Configuration): Check {
  return {
    name: "chart",
    async run(signal) {
      if (!readableKeys(unread)("chart")) return [unreadable("chart")];
      if ((await chartFaults(settings.chart)).length > 0) return [skipped("see the row configuration.")];
      const { chart, repositoryOpts } = chartFrom(settings.chart) as {
        chart: string;
        repositoryOpts?: { repo: string };
      };
      const source = repositoryOpts?.repo ?? chart;
      try {
        if (repositoryOpts !== undefined) return [await inRepository(repositoryOpts.repo, signal)];
        if (chart.startsWith("oci://")) return [await inRegistry(chart, signal)];
        return [ok(`is read from this machine, "${source}".`)];
      } catch (error) {
        if (!(error instanceof HttpFailure)) throw error;
        const { what } = explainNetworkError(error.code, error.host);
        return [failed(`${wanted} cannot be fetched from ${source} (alerting:chart.source): ${what}`, other)];
      }
    },
  };
}

/** Sends a request as Helm does: through the environment's proxy, and following redirects. */
function get(url: string, request: Pick<HttpRequest, "signal" | "headers" | "onlyBytes">): Promise<HttpAnswer> {
  return send(url, { ...request, proxy: (to) => proxyFor(to, proxiesOf()), timeoutMs: 30_000, redirects: 5 });
}

/** Reads the index, and checks whether the archive that it names exists: it is often on another host. */
async function inRepository(repository: string, signal: AbortSignal): Promise<CheckResult> {
  const base = `${repository.replace(/\/+$/, "")}/`;
  const { status, text } = await get(`${base}index.yaml`, { signal });
  const says = (what: string) => failed(`${repository} (alerting:chart.source) ${what}`, other);
  if (status !== 200) return says(`answers ${status} for its index.yaml.`);
  let archive: string | undefined;
  try {
    archive = archiveIn(text, name, version);
  } catch {
    return says("has an index.yaml that cannot be read.");
  }
  if (archive === undefined || !URL.canParse(archive, base)) return says(`has no ${wanted} in its index.`);
  const url = new URL(archive, base);
  const found = await get(url.href, { signal, onlyBytes: 0 });
  if (found.status !== 200) {
    return says(`names ${outsideText(url.host)} for ${wanted}, which answers ${found.status}.`);
  }
  return ok(`${wanted} is in ${repository}, and can be fetched from ${outsideText(url.host)}.`);
}

const manifests = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json";

/** Requests the manifest from a registry, without a login. */
async function inRegistry(reference: string, signal: AbortSignal): Promise<CheckResult> {
  const [, host = "", path = "", digest] = /^oci:\/\/([^/]+)\/([^@]+?)(?:@(.+))?\/?$/.exec(reference) ?? [];
  const scheme = /^(127\.0\.0\.1|localhost)(:|$)/.test(host) ? "http" : "https";
  const url = `${scheme}://${host}/v2/${path}/manifests/${digest ?? version.replaceAll("+", "_")}`;
  const ask = (headers: Record<string, string>) =>
    get(url, { signal, onlyBytes: 0, headers: { accept: manifests, ...headers } });
  const first = await ask({});
  const token =
    first.status === 401 ? await anonymousToken(first.headers["www-authenticate"], host, signal) : undefined;
  const { status } = token === undefined ? first : await ask({ authorization: `Bearer ${token}` });
  if (status === 200)
    return ok(`${wanted} is in oci://${host}/${path}${digest === undefined ? "" : ", by its digest"}.`);
  if (status === 401 || status === 403) {
    return warning(
      `is not known: ${host} needs a login for ${path} (${status}), and Helm's login is not used here.`,
      `\`helm registry login ${host}\` where \`pulumi up\` runs.`,
    );
  }
  const what = status === 404 ? `has no ${path} ${digest ?? version}` : `answers ${status} for ${path}`;
  return failed(
    `${host} (alerting:chart.source) ${what}.`,
    `\`helm push ${name}-${version}.tgz oci://…\`, or: ${other}`,
  );
}

/** A registry's anonymous token, if it issues one. It is requested only from the registry itself, or by https. */
async function anonymousToken(
  challenge: string | undefined,
  host: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const field = (key: string) => new RegExp(`${key}="([^"]*)"`).exec(challenge ?? "")?.[1];
  const realm = field("realm");
  if (realm === undefined || !/^bearer /i.test(challenge ?? "") || !URL.canParse(realm)) return undefined;
  const url = new URL(realm);
  if (url.protocol !== "https:" && url.host !== host) return undefined;
  for (const key of ["service", "scope"]) if (field(key) !== undefined) url.searchParams.set(key, field(key)!);
  const { status, text } = await get(url.href, { signal });
  if (status !== 200) return undefined;
  try {
    const { token, access_token: other } = JSON.parse(text) as { token?: unknown; access_token?: unknown };
    return [token, other].find((one) => typeof one === "string");
  } catch {
    return undefined;
  }
}
