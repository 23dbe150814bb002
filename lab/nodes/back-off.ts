/** How long a kubelet waits before it starts a failed container again: not at all, then 10 s doubled up to 5 minutes. */
export function backOffMs(failures: number): number {
  return failures <= 1 ? 0 : Math.min(10_000 * 2 ** (failures - 2), 300_000);
}
