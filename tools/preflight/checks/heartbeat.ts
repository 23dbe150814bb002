import * as net from "node:net";
import * as tls from "node:tls";
import type { SecretText } from "../../stack/secret-text";
import { type Check, ok, skipped, warning } from "../../shared/check-result";
import { explainNetworkError } from "../network-errors";

/**
 * Checks whether the heartbeat's server can be reached, without sending a request: a request to the URL would count as
 * a heartbeat, or start the monitoring of a heartbeat that nothing sends yet.
 */
export function heartbeatCheck(url: SecretText | undefined, isSet: boolean): Check {
  return {
    name: "heartbeat",
    async run(signal) {
      if (!isSet) {
        return [
          warning(
            "there is none: the loss of the only master takes Prometheus and Alertmanager with it, and nobody is notified.",
            "See docs/heartbeat.md; `pulumi config set --secret alerting:heartbeatUrl` sets one.",
          ),
        ];
      }
      if (url === undefined)
        return [skipped("alerting:heartbeatUrl could not be read, as the configuration's check says.")];
      const { hostname, host, port, protocol } = new URL(url.reveal());
      const secure = protocol === "https:";
      const code = await connect(
        { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || (secure ? 443 : 80)) },
        secure,
        signal,
      );
      if (code !== undefined) return [explainNetworkError(code, host)];
      return [ok(`${host} is reachable${secure ? ", and its certificate is valid" : ""}; nothing was sent to it.`)];
    },
  };
}

/** Opens a connection and closes it; returns the error's code if that fails. */
function connect(
  to: { host: string; port: number },
  secure: boolean,
  signal: AbortSignal,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = secure
      ? tls.connect({ ...to, ...(net.isIP(to.host) === 0 && { servername: to.host }) })
      : net.connect(to);
    const end = (code?: string) => {
      socket.destroy();
      resolve(code);
    };
    socket.once(secure ? "secureConnect" : "connect", () => end());
    socket.once("error", (error: NodeJS.ErrnoException) => end(error.code ?? error.name));
    socket.setTimeout(10_000, () => end("ETIMEDOUT"));
    signal.addEventListener("abort", () => end("ETIMEDOUT"), { once: true });
  });
}
