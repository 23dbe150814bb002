/** The stages of a drill with a node, in order. */
export const nodeDrillStages = [
  "scrape finds it down",
  "pending",
  "firing",
  "group wait",
  "Slack answers, firing",
  "last good scrape to message",
  "group interval",
  "Slack answers, resolved",
];
