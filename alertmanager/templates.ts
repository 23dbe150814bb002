import { nearest, shown } from "../configuration/faults";
import { error, type Finding, warning } from "../configuration/finding";
import { listOf, objectOf, type Path, textsOf } from "./reading";
import { everyRoute, routeTree } from "./routeTree";

/** Where the chart puts template files, and where relative patterns begin. */
const templateDirectory = "/etc/alertmanager";

/** What Alertmanager's own templates define. */
const defaults = (
  "__alertmanager __alertmanagerURL __description __subject __text_alert_list __text_alert_list_markdown " +
  "discord.default.content discord.default.message discord.default.title email.default.html email.default.subject " +
  "jira.default.description jira.default.priority jira.default.summary mattermost.default.color " +
  "mattermost.default.fallback mattermost.default.text mattermost.default.title mattermost.default.titlelink " +
  "mattermost.default.username msteams.default.summary msteams.default.text msteams.default.title " +
  "msteamsv2.default.text msteamsv2.default.title opsgenie.default.description opsgenie.default.message " +
  "opsgenie.default.source pagerduty.default.client pagerduty.default.clientURL pagerduty.default.description " +
  "pagerduty.default.instances pushover.default.message pushover.default.title pushover.default.url " +
  "rocketchat.default.alias rocketchat.default.emoji rocketchat.default.iconurl rocketchat.default.text " +
  "rocketchat.default.title rocketchat.default.titlelink slack.default.callbackid slack.default.color " +
  "slack.default.fallback slack.default.footer slack.default.iconemoji slack.default.iconurl slack.default.pretext " +
  "slack.default.text slack.default.title slack.default.titlelink slack.default.username sns.default.message " +
  "sns.default.subject telegram.default.message victorops.default.entity_display_name " +
  "victorops.default.monitoring_tool victorops.default.state_message webex.default.message wechat.default.agent_id " +
  "wechat.default.message wechat.default.to_party wechat.default.to_tag wechat.default.to_user"
).split(" ");

/** A comment, or an action: within it, braces count only outside of quotes. */
const action =
  /\{\{(?:(?:-\s)?\/\*[^]*?\*\/(?:\s-)?\}\}|(?:-\s)?((?:"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)*'|(?!\}\}|\{\{)[^"`'])*)\}\})/y;

interface Read {
  /** What is wrong with the text as a template. */
  readonly fault?: string;
  readonly defined: readonly string[];
  readonly used: readonly string[];
}

/** Reads as much of a template as braces, blocks and names show. */
export function readTemplate(text: string): Read {
  const defined: string[] = [];
  const used: string[] = [];
  let open = 0;
  for (let at = text.indexOf("{{"); at !== -1; at = text.indexOf("{{", action.lastIndex)) {
    action.lastIndex = at;
    const found = action.exec(text);
    if (found === null)
      return { fault: `opens {{ at ${excerpt(text, at)} and does not close it with }}`, defined, used };
    if (found[1] === undefined) continue;
    const inner = found[1].replace(/\s-$/, "").trim();
    if (inner === "") return { fault: "has an action with nothing in it", defined, used };
    if (inner.startsWith("/*"))
      return { fault: "has a comment with a space before it; write {{/* … */}}", defined, used };
    const [, keyword, quoted, raw] = /^(\w+)\s*(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`)?/.exec(inner) ?? [];
    const name = quoted ?? raw;
    if (keyword === "define" || keyword === "block") defined.push(name ?? "");
    if (keyword === "template" && name !== undefined) used.push(name);
    if (/^(if|range|with|define|block)$/.test(keyword ?? "")) open++;
    if (keyword === "else" && open === 0) return { fault: "has an {{ else }} of no condition", defined, used };
    if (keyword === "end" && --open < 0) return { fault: "has an {{ end }} too many", defined, used };
  }
  return { ...(open > 0 && { fault: `lacks ${open > 1 ? `${open} times ` : ""}an {{ end }}` }), defined, used };
}

const excerpt = (text: string, at: number) => shown(text.slice(at, at + 24));

/** A pattern of file names as Go's Glob reads it, apart from classes. */
function reads(pattern: string, file: string): boolean {
  const whole = pattern.startsWith("/") ? pattern : `${templateDirectory}/${pattern}`;
  const regex = whole
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", "[^/]*")
    .replaceAll("?", "[^/]");
  return new RegExp(`^${regex}$`).test(`${templateDirectory}/${file}`);
}

/** Every text under a value, with its place. */
function textsUnder(value: unknown, path: Path): { text: string; path: Path }[] {
  if (typeof value === "string") return value.includes("{{") ? [{ text: value, path }] : [];
  if (Array.isArray(value)) return listOf(value).flatMap((item, at) => textsUnder(item, [...path, at]));
  return Object.entries(objectOf(value)).flatMap(([key, inner]) => textsUnder(inner, [...path, key]));
}

/** Braces, blocks and names of templates, in files and in every text of the receivers. */
export function checkTemplates(config: unknown, files: Readonly<Record<string, string>>): Finding[] {
  const patterns = textsOf(objectOf(config).templates).map(({ text }) => text);
  const known = new Set(defaults);
  const read: { path: Path; template: Read }[] = [];
  const findings: Finding[] = [];
  for (const [file, text] of Object.entries(files)) {
    const template = readTemplate(text);
    read.push({ path: ["templates", file], template });
    if (patterns.some((pattern) => reads(pattern, file))) template.defined.forEach((name) => known.add(name));
    else
      findings.push(
        warning(["templates", file], `is read by no entry of \`templates\`; write "${templateDirectory}/*.tmpl" there`),
      );
  }
  const texts = [
    ...textsUnder(objectOf(config).receivers, ["receivers"]),
    ...everyRoute(routeTree(config)).flatMap(({ route, path }) => textsUnder(route.labels, [...path, "labels"])),
  ];
  for (const { text, path } of texts) read.push({ path, template: readTemplate(text) });
  for (const { path, template } of read) {
    if (template.fault !== undefined) findings.push(error(path, `is no template: it ${template.fault}`));
    for (const name of new Set(template.used)) {
      if (known.has(name) || template.defined.includes(name)) continue;
      const guess = nearest(name, [...known]);
      findings.push(
        error(
          path,
          `uses the template ${JSON.stringify(name)}, which nothing defines${guess ? `; is "${guess}" meant?` : ""}`,
        ),
      );
    }
  }
  return findings;
}
