/** Bad configurations that amtool refuses and we accept, with the reason: there is none. */
export const weAccept: Readonly<Record<string, string>> = {};

const inClear = "the configuration lies in a ConfigMap in clear, so secrets are taken by file alone";
const atStart = "amtool reads no template out of a receiver; the message would fail when it is sent";

/** Bad configurations that we refuse and amtool accepts, with the reason. */
export const amtoolAccepts: Readonly<Record<string, string>> = {
  "braces-that-stay-open": atStart,
  "credential-that-is-not-set": "amtool asks for no file; the message would fail when it is sent",
  "incidentio-without-token": "amtool looks only where there is an http_config; incident.io refuses the message",
  "nothing-where-an-object-belongs":
    "Alertmanager takes nothing for the default, and here it is a value lost to YAML, or one that Helm deletes",
  "number-where-a-text-belongs":
    "Alertmanager reads any scalar as a text, but large numbers change their form on the way through Helm",
  "pagerduty-key-in-clear": inClear,
  "receiver-with-an-empty-list": "it sends nothing, and a receiver that shall send nothing says so without the key",
  "secret-in-place-of-its-file": "amtool asks for no file; a relative path leads nowhere in the pod",
  "slack-channel-lost-to-yaml": "Alertmanager takes nothing for no channel; whoever wrote a channel meant one",
  "slack-channel-without-hash": "Alertmanager passes any text on; Slack knows #channels, @persons and ids",
  "slack-webhook-beside-a-token-in-global": "Alertmanager takes the token, and never reads the webhook's file",
  "slack-webhook-in-clear": inClear,
  "smtp-password-in-clear": inClear,
  "sns-keys-in-clear": inClear,
  "sns-with-all-three-targets": "Alertmanager's check of one among three lets all three pass",
  "template-that-nothing-defines": atStart,
  "webhook-url-with-password": inClear,
};
