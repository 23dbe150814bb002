import { insteadOfSecretAt, isKeyId } from "../../prometheus/secret-keys";
import { credentialHeader } from "../../conventions/secret-forms";
import { isMap } from "../../validation/plain-data";

/** The place of an inline secret, and its replacement. */
export interface InlineSecret {
  readonly path: readonly (string | number)[];
  readonly instead: string;
}

const secretKey =
  /^(password|passwd|passphrase|token|secret|credentials|bearer_?token|client_?secret|secret_?key|access_?key|(integration_|api_|apiv3_|private_)?key_?secret|api_?key|apiKey|routing_key|service_key|user_key|slack_api_url|webhook_url|auth_(password|secret)|smtp_auth_(password|secret)|bot_token|app_token|slack_app_token|[a-z]+_api_(key|secret)|[a-z]+_(password|bot_token|app_token))$/i;
const secretName = /(PASSWORD|PASSWD|TOKEN|SECRET|API_?KEY|CREDENTIAL|ACCESS_KEY|PRIVATE_KEY)/i;
/** Matches strings that are secret everywhere: Slack webhooks, user and password in a URL, hashes, private keys. */
const secretText =
  /(hooks\.slack\.|\/services\/T[A-Z0-9]+\/B[A-Z0-9]+\/|:\/\/[^\s/@:]+:[^\s/@]+@|\$2[abxy]\$\d\d\$|-----BEGIN [A-Z ]*PRIVATE KEY-----|\bxox[abprs]-)/;
/** Matches a line that sets a secret in a YAML string, such as `extraScrapeConfigs`. */
const secretLine =
  /^[\s-]*(kind:\s*["']?Secret\b|(password|bearer_token|credentials|client_secret|secret_key|api_key|routing_key|service_key|slack_api_url|auth_password|stringData)["']?\s*:)/m;

/** Matches the manifest of a Secret, in YAML's flow style or in JSON. */
const secretManifest = /["']?\bkind["']?\s*:\s*["']?Secret["']?\s*[,}]/;

const apart = "Helm stores its values unencrypted; create the Secret outside the chart";
const toFile = "put it into a Secret, mount that, and name the file (`password_file`, `credentials_file`)";
const toCredential =
  "run `pulumi config set --secret --path alerting:credentials.<name>`, and write `{ credential: <name> }` at the key with `_file`";
const toWebhook = "run `pulumi config set --secret alerting:slackWebhookUrl`, and remove it from this file";
const toRef = "put it into a Secret and name that (`valueFrom.secretKeyRef`, or `secretName`)";

/** Whether a value at a path is, or contains, an unencrypted secret. */
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

/** Every unencrypted secret in a tree. Keys such as `*_file` name a secret's file and do not contain the secret. */
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
/** Whether a header's value is inline; a map that describes an authorization is searched instead. */
const holdsHeader = (value: unknown) =>
  isText(value) || Array.isArray(value) || (isMap(value) && ("values" in value || "secrets" in value));
