import { ApiException, type KubeConfig } from "@kubernetes/client-node";
import { outsideText } from "../../conventions/outside-text";
import type { Fault } from "../../validation/faults";
import { apiMessage } from "./api-responses";
import { SignInWaits } from "./sign-in";

/**
 * Explains in one sentence why the cluster of the kubeconfig's current context did not answer. The sentence contains no
 * credentials, although an error may: an HTTP error quotes the whole header, and the output of a sign-in program is
 * arbitrary.
 */
export function clusterFault(error: unknown, kubeconfig: KubeConfig): Fault {
  const key = "alerting:context";
  const context = kubeconfig.getCurrentContext();
  const shown = (text: string) => outsideText(text, credentialsOf(kubeconfig)).replace(/\.+$/, "");
  if (error instanceof ApiException) {
    if (isAnonymous(error)) return anonymousFault(context);
    const why =
      error.code === 401
        ? "does not accept its credentials (401); sign in again"
        : `answered ${error.code}: ${shown(apiMessage(error))}`;
    const sentence =
      error.code === 403
        ? `the credentials of context "${context}" lack a right (403): ${shown(apiMessage(error))}.`
        : `the cluster of context "${context}" ${why}.`;
    return { key, sentence };
  }
  if (error instanceof SignInWaits) {
    const sentence =
      `signs in by the program ${error.command}, which gave no credentials within ${error.seconds} s and was ended: it may ` +
      `wait for a code or a browser. Sign in by hand first (\`kubectl --context ${context} version\`), and run this again.`;
    return { key, sentence: `the kubeconfig's context "${context}" ${sentence}` };
  }
  const { message, code, syscall, path } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" && syscall?.startsWith("spawn")) {
    const sentence = `signs in by the program ${path}, which is not on the PATH. Install it, or run this on a machine that has it.`;
    return { key, sentence: `the kubeconfig's context "${context}" ${sentence}` };
  }
  // The message of a parser is not shown: it quotes its input, and a sign-in program's output may be a token.
  const { server = "an unknown address", proxyUrl } = kubeconfig.getCurrentCluster() ?? {};
  const through =
    proxyUrl === undefined || !URL.canParse(proxyUrl) ? "" : ` through the proxy ${new URL(proxyUrl).host}`;
  const why = error instanceof SyntaxError ? "the answer was not JSON" : message || code || String(error);
  const sentence = `the cluster of context "${context}" at ${shown(server)}${through} does not answer: ${shown(why)}. Is it up, and can this machine reach it?`;
  return { key, sentence };
}

/** The user name that the API server gives to requests without credentials. */
export const anonymous = "system:anonymous";

/** Whether the cluster refuses a request because it does not know the sender. */
export function isAnonymous(error: unknown): boolean {
  return error instanceof ApiException && error.code === 403 && apiMessage(error).includes(`"${anonymous}"`);
}

/** Reports that the cluster answers, but does not know the context's credentials. */
export function anonymousFault(context: string): Fault {
  const sentence = `the cluster of context "${context}" treats its requests as those of ${anonymous}: the context's user has no token, certificate or program that signs in. Give it one, or sign in again.`;
  return { key: "alerting:context", sentence };
}

/** The secrets with which the current user signs in. */
function credentialsOf(kubeconfig: KubeConfig): string[] {
  const user = kubeconfig.getCurrentUser();
  return [user?.token, user?.password, user?.keyData].filter((one) => one !== undefined);
}
