import { certificateProblem, isWithoutTls } from "../shared/tls-failures";
import { failed, type CheckResult } from "../shared/check-result";

/** Who sends the messages later, and through which proxy. */
export interface Sender {
  readonly program: string;
  readonly proxy: string;
}

const alertmanager: Sender = { program: "Alertmanager", proxy: "alerting:slack.httpProxy" };

/** The meaning of a network error, by its code; only the host of a URL is named. */
export function explainNetworkError(
  code: string,
  host: string,
  viaProxy = false,
  { program, proxy }: Sender = alertmanager,
): CheckResult {
  const server = viaProxy ? `the proxy of ${proxy}` : host;
  const where = "Seen from this machine; the cluster may get another result.";
  const problem = certificateProblem(code);
  if (problem !== undefined) {
    return failed(
      `the certificate of ${server} ${problem}.`,
      `Is there a proxy that decrypts traffic? Then this machine and ${program} need its authority (here NODE_EXTRA_CA_CERTS). ${where}`,
    );
  }
  switch (code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return failed(
        `the name of ${server} cannot be resolved (${code}).`,
        `Is the name right, and does this machine's DNS know it? ${where}`,
      );
    case "ETIMEDOUT":
      return failed(
        `${server} gave no answer in time.`,
        `Is there a firewall in between, or is a proxy (${proxy}) needed? ${where}`,
      );
    case "ECONNREFUSED":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return failed(`${server} accepts no connection (${code}).`, `Is there a firewall in between? ${where}`);
    case "ECONNRESET":
    case "EPIPE":
      return failed(
        `${server} closed the connection without an answer (${code}).`,
        `Is there a firewall or a proxy in between? ${where}`,
      );
    default:
      // Some of the other codes show that the server may not use TLS at all: a plain server, or a proxy's page.
      return isWithoutTls(code)
        ? failed(`${server} does not speak TLS as it should (${code}).`, `Is there a proxy in between? ${where}`)
        : failed(`${server} was not reached (${code}).`, where);
  }
}
