import type { Configuration } from "../../../config";
import { NoAnswer } from "../../drill/http";
import { admitAt, balancerOf, byPortForward, type Server, type Wanted, whyOlder } from "../../drill/reach";
import { placeOf, type StackPlace } from "../../drill/stack-place";
import type { Admission } from "../../drill/web/admission";
import type { WebKeys } from "../../drill/web/keys";
import { StackUnreadable } from "../../stack/cli";
import { NotApplied } from "../../stack/outputs";
import { type Check, failed, type Finding, ok, skipped, warning } from "../check";
import type { Reach } from "../cluster";
import { validSections } from "../../../settings/readable";

/** What is known of the pages of a stack that was applied. */
export interface Pages {
  /** Asked by each check that needs them. */
  readonly outputs: () => Promise<Readonly<Record<string, unknown>>>;
  readonly keys: WebKeys;
}

/** A check for each of the two pages: whether it asks for the password, takes it, and is known by its certificate. */
export function pageChecks(configuration: Configuration, pages: Pages, reach: Promise<Reach>): Check[] {
  return (["Prometheus", "Alertmanager"] as const).map((server) => ({
    name: `${server} page`,
    async run() {
      try {
        return [await lookAt(server, configuration, pages, reach)];
      } catch (error) {
        if (error instanceof NotApplied) return [ok("`pulumi up` makes it.")];
        if (error instanceof StackUnreadable) return [skipped(error.message)];
        throw error;
      }
    },
  }));
}

async function lookAt(
  server: Server,
  configuration: Configuration,
  { outputs, keys }: Pages,
  reach: Promise<Reach>,
): Promise<Finding> {
  const settings = validSections(configuration);
  const place: StackPlace = { ...placeOf(keys.stack, settings, await outputs()), warnings: [] };
  const wanted: Wanted = { server, place, keys };
  const judge = (admission: Admission, where: string) => judged(admission, { server, where, settings, keys });
  const origin = balancerOf(wanted);
  let why = "its load balancer is not known";
  if (origin !== undefined) {
    try {
      return await judge(await admitAt(origin, wanted), origin);
    } catch (error) {
      if (isVerdict(error)) return failed(error.message);
      why = sentenceOf(error);
    }
  }
  const notSeen = (reason: string) => skipped(`was not seen from here: ${why}, and ${reason}.`);
  if ("fault" in (await reach)) return notSeen("the cluster was not reached");
  let stop = () => Promise.resolve();
  try {
    const forwarded = await byPortForward(wanted);
    ({ stop } = forwarded);
    return await judge(forwarded.admission, "seen through the API server");
  } catch (error) {
    return isVerdict(error) ? failed(error.message) : notSeen(sentenceOf(error));
  } finally {
    await stop();
  }
}

/** A password that is refused, or a certificate that is not good, is what was looked for, and no reason to look elsewhere. */
function isVerdict(error: unknown): error is NoAnswer {
  return error instanceof NoAnswer && (error.status !== undefined || error.tlsCode !== undefined);
}

function sentenceOf(error: unknown): string {
  return (error as Error).message.replace(/\.$/, "");
}

interface Seen {
  readonly server: Server;
  readonly where: string;
  readonly settings: Partial<Configuration["settings"]>;
  readonly keys: WebKeys;
}

async function judged({ login, notYet }: Admission, { server, where, settings, keys }: Seen): Promise<Finding> {
  const wantsPassword = settings.access?.password === true;
  if (login !== undefined) {
    const takes = `asks for a password, and takes that of ${login.user} (${where})`;
    if (notYet.length > 0) return warning(`${takes}. ${whyOlder(server, notYet)}`, "Run this again in two minutes.");
    return ok(wantsPassword ? `${takes}.` : `${takes}; \`pulumi up\` opens it, as alerting:access.password says.`);
  }
  const open = `is open to whoever reaches it (${where})`;
  if (!wantsPassword) return ok(`${open}, as alerting:access.password says.`);
  // The state has one as soon as it was applied.
  if ((await keys.logins()).length === 0) return warning(`${open}.`, "`pulumi up` gives it the password.");
  return failed(
    `${open}, though the stack was applied with a password.`,
    "Does alerting:values take away its web.config.file? Else `pulumi up --refresh` finds what was changed by hand.",
  );
}
