import { randomBytes } from "node:crypto";
import { hostname, userInfo } from "node:os";
import { drillAlert } from "../../values/alertmanager-routes";
import type { HeldAlert, PostedAlert } from "./alertmanager-api";
import type { AlertmanagerView } from "./alertmanagers";
import { poll } from "./polling";
import type { Labels } from "../../alertmanager/evaluate";

/** The content of the alert in addition to the fixed text of a drill. */
export interface DrillAlertOptions {
  readonly cluster?: string;
  readonly environment?: string;
  /** Override the drill's default labels, except the two that identify the drill. Default: none. */
  readonly labels?: Labels;
}

/** A unique name for a drill, with the time at which it began. */
export function newDrillId(now = new Date()): string {
  const moment = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
  return `drill-${moment}-${randomBytes(3).toString("hex")}`;
}

/** Raises, refreshes and resolves the one alert of a drill. */
export class DrillAlert {
  public readonly labels: Labels;
  private readonly annotations: Readonly<Record<string, string>>;
  private begun = false;
  private startsAt: string | undefined;
  /** A time when Alertmanager certainly had the alert; by Alertmanager's clock this is after the alert's start. */
  private takenAt: number | undefined;
  private refreshing: NodeJS.Timeout | undefined;
  private resolved = false;

  constructor(
    public readonly id: string,
    private readonly api: Pick<AlertmanagerView, "post" | "alerts">,
    options: DrillAlertOptions,
  ) {
    const { cluster, environment, labels } = options;
    this.labels = {
      alertname: drillAlert,
      severity: "info",
      ...(cluster !== undefined && { cluster }),
      ...(environment !== undefined && { environment }),
      ...labels,
      drill: "true",
      drill_id: id,
    };
    const who = `${userName()} on ${hostname()}`;
    this.annotations = {
      summary: `Drill ${id}: nothing is wrong`,
      description: `This is a drill (${id}), and nothing is wrong: ${who} tests that alerts arrive. Ask there if it does not end within some minutes.`,
    };
  }

  /** Whether Alertmanager may have the alert, so that it must be resolved. */
  public get raised(): boolean {
    return this.begun && !this.resolved;
  }

  /**
   * Posts the alert without start and end times, so that Alertmanager's clock sets both. If this program cannot resolve
   * the alert, the alert ends after Alertmanager's `resolve_timeout` (default: five minutes).
   */
  public async raise(): Promise<void> {
    this.begun = true;
    await this.api.post(this.body());
    this.takenAt = Date.now();
  }

  /** The alert as Alertmanager has it, in each of its groups; once it was seen, the alert is refreshed regularly. */
  public async held(): Promise<HeldAlert[]> {
    const held = await this.api.alerts({ drill_id: this.id });
    if (held[0] !== undefined && this.startsAt === undefined) {
      this.startsAt = held[0].startsAt;
      this.refreshing = setInterval(() => void this.refresh().catch(() => undefined), 60_000);
      this.refreshing.unref();
    }
    return held;
  }

  /**
   * Ends the alert by Alertmanager's clock, as far as it is known, and verifies that the alert has ended. Throws an
   * error if that fails.
   */
  public async resolve(): Promise<void> {
    clearInterval(this.refreshing);
    if (!this.raised) return;
    const isGone = async () => {
      const known = Date.parse(this.startsAt ?? "");
      // An end in Alertmanager's future would not count yet, so it is the alert's start plus less time than has passed.
      const ends = Number.isNaN(known)
        ? Date.now() - 1
        : known + Math.max(Date.now() - (this.takenAt ?? Date.now()), 2);
      const startsAt = new Date(Number.isNaN(known) ? ends - 1_000 : known).toISOString();
      await this.api.post({ ...this.body(), startsAt, endsAt: new Date(ends).toISOString() });
      return (await this.api.alerts({ drill_id: this.id })).length === 0 || undefined;
    };
    if (!(await poll(isGone, { deadline: Date.now() + 10_000 })))
      throw new Error("Alertmanager still has the drill's alert after it was resolved: do the clocks differ?");
    this.resolved = true;
  }

  private async refresh(): Promise<void> {
    if (!this.raised) return;
    await this.api.post({ ...this.body(), startsAt: this.startsAt });
  }

  private body(): Pick<PostedAlert, "labels" | "annotations"> {
    return { labels: this.labels, annotations: this.annotations };
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // The system has no name for the user, as in many containers.
    return "an unknown user";
  }
}
