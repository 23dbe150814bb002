import { insteadOfSecretAt, isKeyId } from "../../prometheus/secret-keys";
import { credentialHeader } from "../../conventions/secret-forms";
import { isMap } from "../../validation/plain-data";

/** Where an inline secret stands, and what to do instead. */
export interface InlineSecret {
  readonly path: readonly (string | number)[];
  readonly instead: string;
}

const secretKey =
  /^(password|passwd|passphrase|token|secret|credentials|bearer_?token|client_?secret|secret_?key|access_?key|(integration_|api_|apiv3_|private_)?key_?secret|api_?key|apiKey|routing_key|service_key|user_key|slack_api_url|webhook_url|auth_(password|secret)|smtp_auth_(password|secret)|bot_token|app_token|slack_app_token|[a-z]+_api_(key|secret)|[a-z]+_(password|bot_token|app_token))$/i;
const secretName = /(PASSWORD|PASSWD|TOKEN|SECRET|API_?KEY|CREDENTIAL|ACCESS_KEY|PRIVATE_KEY)/i;
/** What is a secret wherever it stands: webhooks of Slack, user and password in a URL, hashes, private keys. */
const secretText =
  /(hooks\.slack\.|\/services\/T[A-Z0-9]+\/B[A-Z0-9]+\/|:\/\/[^\s/@:]+:[^\s/@]+@|\$2[abxy]\$\d\d\$|-----BEGIN [A-Z ]*PRIVATE KEY-----|\bxox[abprs]-)/;
/** A string that holds YAML, such as `extraScrapeConfigs`, with a line that gives a secret. */
const secretLine =
  /^[\s-]*(kind:\s*["']?Secret\b|(password|bearer_token|credentials|client_secret|secret_key|api_key|routing_key|service_key|slack_api_url|auth_password|stringData)["']?\s*:)/m;

/** A manifest of a Secret, as YAML in flow style or as JSON. */
const secretManifest = /["']?\bkind["']?\s*:\s*["']?Secret["']?\s*[,}]/;

const apart = "Helm keeps its values in clear; make the Secret apart from the chart";
const toFile = "put it into a Secret, mount that, and name the file (`password_file`, `credentials_file`)";
const toCredential =
  "run `pulumi config set --secret --path alerting:credentials.<name>`, and write `{ credential: <name> }` at the key with `_file`";
const toWebhook = "run `pulumi config set --secret alerting:slackWebhookUrl`, and remove it from this file";
const toRef = "put it into a Secret and name that (`valueFrom.secretKeyRef`, or `secretName`)";

/** Whether a value at a path is a secret written in clear, or holds one. */
export function hidesSecret(path: readonly (string | number)[], value: unknown): boolean {
  const key = path.findLast((part) => typeof part === "string") ?? "";
  if (typeof value === "string") {
    if (value === "" || /^\$\(?\{?\w+\}?\)?$/.test(value)) return false;
    return (
      secretKey.test(String(key)) ||
      secretText.test(value) ||
      (value.includes("\n") && secretLine.test(value)) ||
      secretManifest.test(value)
    );
  }
  return typeof value === "number" && secretKey.test(String(key));
}

/** Every secret that is written in clear in a tree. Keys such as `*_file` name one and do not hold it. */
export function inlineSecrets(tree: unknown): InlineSecret[] {
  const found: InlineSecret[] = [];
  const say = (path: readonly (string | number)[], instead: string) => found.push({ path, instead });
  const walk = (value: unknown, path: readonly (string | number)[]): void => {
    if (Array.isArray(value)) value.forEach((item, index) => walk(item, [...path, index]));
    else if (isMap(value)) {
      if (value.kind === "Secret" && ("data" in value || "stringData" in value)) {
        say(path, apart);
        return;
      }
      const named = typeof value.name === "string" && secretName.test(value.name);
      const header = typeof value.name === "string" && credentialHeader.test(value.name);
      for (const [key, inner] of Object.entries(value)) {
        const here = [...path, key];
        if (key === "value" && named && typeof inner === "string" && inner !== "") say(here, toRef);
        else if (key === "value" && header && typeof inner === "string") say(here, toFile);
        else if (inEnvironment(path) && secretName.test(key) && isText(inner)) say(here, toRef);
        else if (path.at(-1) === "basicAuthUsers" && isText(inner)) say(here, toRef);
        else if (credentialHeader.test(key) && holdsHeader(inner)) say(here, insteadOfSecretAt(here) ?? toFile);
        else walk(inner, here);
      }
    } else if (hidesSecret(path, value) && !isKeyId(path)) {
      const ofReceiver = /^alertmanager(Files)?$/.test(String(path[0])) && /config|yml/.test(String(path[1]));
      const isManifest =
        typeof value === "string" && (secretManifest.test(value) || /^[\s-]*kind:\s*["']?Secret\b/m.test(value));
      if (isManifest) say(path, apart);
      else if (path.at(-1) === "slack_api_url") say(path, toWebhook);
      else say(path, ofReceiver ? toCredential : (insteadOfSecretAt(path) ?? toFile));
    }
  };
  walk(tree, []);
  return found;
}

const isText = (value: unknown) => typeof value === "string" && value !== "";
const inEnvironment = (path: readonly (string | number)[]) => /^(env|extraEnv|extraVars)$/.test(String(path.at(-1)));
/** A header's value; a map that says how to authorize is looked into instead. */
const holdsHeader = (value: unknown) =>
  isText(value) || Array.isArray(value) || (isMap(value) && ("values" in value || "secrets" in value));
