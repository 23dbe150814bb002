/** A zone as Go knows it: by the names of the time zone database in their own case, without offsets. */
export function isTimeZone(zone: string): boolean {
  if (/^[-+]/.test(zone)) return false;
  try {
    const known = new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
    return known === zone || known.toLowerCase() !== zone.toLowerCase();
  } catch {
    return false;
  }
}
