/** Bad rule files that are taken here and refused by promtool, and why: there is none. */
export const onlyPromtoolRefuses: Readonly<Record<string, string>> = {};

/** Bad rule files that promtool takes and that are refused here, and why. */
export const refusedHereAlone: Readonly<Record<string, string>> = {
  "expression-of-number": "Helm may write a number differently; in quotes it stays as it is",
  "label-of-boolean": "Helm may write a boolean differently; in quotes it stays as it is",
  "label-of-number": "Helm may write a number differently, such as 1e+06; in quotes it stays as it is",
  "label-replace-regex": "each evaluation of the rule would fail",
  "labels-of-null": "nothing is set where something was meant",
  "result-is-range": "each evaluation of the rule would fail",
  "result-is-text": "each evaluation of the rule would fail",
  "rules-missing": "a group without rules does nothing",
};

const fails = "each evaluation of the rule would fail";

/** Expressions on which the verdict here is not promtool's: all are refused here. */
export const expressionsRefusedHereAlone: Readonly<Record<string, string>> = {
  "sum(up)[5m:]": fails,
  "sum(up)[5m:1m] ": fails,
  "up[5m]": fails,
  "up[5m+1m]": fails,
  'up{a="b"} [5m]': fails,
  "rate(x[5m])[10m:1m]": fails,
  '"text"': fails,
  "`a`": fails,
  'label_replace(up,"a","b","c","(")': fails,
};
