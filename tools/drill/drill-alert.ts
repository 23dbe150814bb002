import { randomBytes } from "node:crypto";
import { hostname, userInfo } from "node:os";
import { drillAlert } from "../../values/alertmanager-routes";
import type { AlertmanagerApi, HeldAlert, PostedAlert } from "./alertmanager-api";
import { poll } from "./polling";
import type { Labels } from "../../alertmanager/evaluate";

/** What the alert says besides that it is a drill. */
export interface DrillAlertOptions {
  readonly cluster?: string;
  readonly environment?: string;
  /** Override its own labels, except the two by which the drill is found. Default: none. */
  readonly labels?: Labels;
}

/** A name that no other drill has, with the time at which it began. */
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
  /** When Alertmanager had surely taken it: later than its start, by Alertmanager's own clock, never earlier. */
  private takenAt: number | undefined;
  private refreshing: NodeJS.Timeout | undefined;
  private resolved = false;

  constructor(
    public readonly id: string,
    private readonly api: Pick<AlertmanagerApi, "post" | "alerts">,
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

  /** Whether Alertmanager may have it, so that it has to be resolved. */
  public get raised(): boolean {
    return this.begun && !this.resolved;
  }

  /**
   * Without a start and an end: both are then by Alertmanager's own clock, and where nothing of this program is left to
   * resolve it, it ends after Alertmanager's `resolve_timeout`, five minutes unless that is set.
   */
  public async raise(): Promise<void> {
    this.begun = true;
    await this.api.post(this.body());
    this.takenAt = Date.now();
  }

  /** What Alertmanager has of it, in each of its groups; from the first time on it is refreshed. */
  public async held(): Promise<HeldAlert[]> {
    const held = await this.api.alerts({ drill_id: this.id });
    if (held[0] !== undefined && this.startsAt === undefined) {
      this.startsAt = held[0].startsAt;
      this.refreshing = setInterval(() => void this.refresh().catch(() => undefined), 60_000);
      this.refreshing.unref();
    }
    return held;
  }

  /** Ends it by Alertmanager's clock, as far as that is known, and makes sure. Throws a sentence where it cannot. */
  public async resolve(): Promise<void> {
    clearInterval(this.refreshing);
    if (!this.raised) return;
    const isGone = async () => {
      const known = Date.parse(this.startsAt ?? "");
      // An end in Alertmanager's future would not count yet: it is computed from its own start, with less time than has passed.
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
    // A user that the system has no name for, as in many containers.
    return "an unknown user";
  }
}
