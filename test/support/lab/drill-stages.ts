/** The stages of a drill that stops a node's exporter, in order. */
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
