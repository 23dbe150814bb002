import * as http from "node:http";
import type { Lab } from "./lab";
import { PAGE } from "./page-html";
import { listenOnLoopback } from "./processes/loopback-server";
import { PrometheusApi } from "./prometheus-api";
import type { Urls } from "./web";
import { isToldToReaders, readSlackPayload } from "./slack-message";

/** The lab's own page, for builds of Prometheus that have none, and for what no page of theirs shows. */
export interface LabPage {
  readonly url: string;
  stop(): Promise<void>;
}

/** What the page's script asks for. */
interface PageState {
  readonly parts: Lab["parts"];
  readonly links: Readonly<Record<string, string>>;
  readonly targets: readonly { job: string; instance: string; health: string; error: string }[];
  readonly alerts: readonly { name: string; instance: string; state: string; since: string }[];
  readonly messages: readonly {
    at: string;
    channel: string;
    title: string;
    lines: readonly string[];
    color?: string;
  }[];
  /** What could not be asked, in a sentence. */
  readonly trouble: readonly string[];
}

/** Serves the page on a free port of 127.0.0.1. */
export async function startPage(lab: Lab, urls: Urls): Promise<LabPage> {
  const server = http.createServer((request, response) => {
    if (request.url === "/") {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(PAGE);
    } else if (request.url === "/state.json") {
      void pageState(lab, urls).then((state) => {
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify(state));
      });
    } else {
      response.statusCode = 404;
      response.end("Not here; / has it all.\n");
    }
  });
  const { port, stop } = await listenOnLoopback(server);
  return { url: `http://127.0.0.1:${port}/`, stop };
}

async function pageState(lab: Lab, urls: Urls): Promise<PageState> {
  const api = new PrometheusApi(urls.prometheus, urls.access);
  const trouble: string[] = [];
  const orTrouble = async <T>(asked: Promise<T[]>): Promise<T[]> => {
    try {
      return await asked;
    } catch (error) {
      trouble.push((error as Error).message);
      return [];
    }
  };
  const [targets, alerts] = await Promise.all([orTrouble(api.targets()), orTrouble(api.alerts())]);
  return {
    parts: lab.parts,
    links: { Prometheus: urls.prometheus, Alertmanager: urls.alertmanager },
    targets: targets.map(({ labels, scrapePool, health, lastError }) => ({
      job: labels.job ?? scrapePool,
      instance: labels.instance ?? "",
      health,
      error: lastError,
    })),
    alerts: alerts.map(({ labels, state, activeAt }) => ({
      name: labels.alertname ?? "",
      instance: labels.instance ?? "",
      // It fires for as long as all is well.
      state: labels.alertname === "Watchdog" ? "on, as it should be" : state,
      since: activeAt,
    })),
    // The newest first. The path that a message was posted to is a secret and stays here.
    messages: lab.slack.messages
      .filter(isToldToReaders)
      .reverse()
      .map(({ receivedAt, payload }) => {
        const { channel, title, lines, color } = readSlackPayload(payload);
        return { at: receivedAt, channel, title, lines, color };
      }),
    trouble,
  };
}
