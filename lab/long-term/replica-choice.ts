/** How long the chosen replica may be silent until another one is chosen. */
const silenceMs = 30_000;

/**
 * Chooses one of the replicas of each cluster, whose samples are taken. The samples of the others are dropped. Amazon's
 * service and Mimir choose in this way.
 */
export class ReplicaChoice {
  private readonly chosen = new Map<string, { replica: string; seenAt: number }>();

  /** Whether the samples of this replica are taken. */
  public takes(cluster: string, replica: string, now = Date.now()): boolean {
    const current = this.chosen.get(cluster);
    if (current !== undefined && current.replica !== replica && now - current.seenAt < silenceMs) return false;
    this.chosen.set(cluster, { replica, seenAt: now });
    return true;
  }
}
