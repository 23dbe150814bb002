import type { CustomSeriesRenderItem, CustomSeriesRenderItemReturn } from "echarts";
import type { Leg, Verdict } from "../report";

/** Dark on light; what was not done is a cross, so that colour alone tells nothing. */
export const verdictColors: Readonly<Record<Verdict, string>> = {
  ok: "#1a7f4b",
  early: "#8a6d00",
  late: "#c2570c",
  failed: "#b42318",
  unclear: "#8a6d00",
};
export const windowColor = "#d3e2f4";
export const averageColor = "#3d5a80";
export const ink = "#1f2933";
const outline = "#9bb4d3";
const pale = "#ffffff";

const windowHeight = 24;
const barHeight = 8;
/** A window of no length is a moment, and is drawn as wide as this. */
const leastWidth = 3;

type Element = NonNullable<CustomSeriesRenderItemReturn>;

/** Draws one leg: its window, its average, what it took, and where it ended. */
export function renderRow(legs: readonly Leg[], fontFamily: string, labelAt: number): CustomSeriesRenderItem {
  return (parameters, api) => {
    const leg = legs[parameters.dataIndex];
    if (leg === undefined) return null;
    const at = (seconds: number) => api.coord([seconds, parameters.dataIndex])[0]!;
    const middle = api.coord([0, parameters.dataIndex])[1]!;
    const { from, to, window, average, verdict } = leg;
    const color = verdictColors[verdict];
    const [opens, closes] = [at(from + window.min), at(from + window.max)];
    const children: Element[] = [
      {
        type: "rect",
        shape: {
          x: opens,
          y: middle - windowHeight / 2,
          width: Math.max(closes - opens, leastWidth),
          height: windowHeight,
          r: 2,
        },
        style: { fill: windowColor, stroke: outline, lineWidth: 1 },
      },
      ...(average === undefined ? [] : [averageLine(at(from + average), middle)]),
      ...(to === undefined ? [cross(at(from), middle, color)] : done(at(from), at(to), middle, color)),
      {
        type: "text",
        style: {
          text: to === undefined ? "–" : `${(to - from).toFixed(1)} s`,
          x: labelAt,
          y: middle,
          fill: verdict === "ok" ? ink : color,
          font: `bold 14px ${fontFamily}`,
          align: "left",
          verticalAlign: "middle",
        },
      },
    ];
    return { type: "group", children };
  };
}

function averageLine(x: number, middle: number): Element {
  return {
    type: "line",
    shape: { x1: x, x2: x, y1: middle - windowHeight / 2 - 3, y2: middle + windowHeight / 2 + 3 },
    style: { stroke: averageColor, lineWidth: 2, lineDash: [4, 3] },
  };
}

function done(from: number, to: number, middle: number, color: string): Element[] {
  return [
    {
      type: "rect",
      shape: { x: from, y: middle - barHeight / 2, width: Math.max(to - from, 1), height: barHeight },
      style: { fill: color },
    },
    { type: "circle", shape: { cx: to, cy: middle, r: 7 }, style: { fill: color, stroke: pale, lineWidth: 2 } },
  ];
}

function cross(x: number, middle: number, color: string): Element {
  const line = (y1: number, y2: number): Element => ({
    type: "line",
    shape: { x1: x + 2, x2: x + 14, y1: middle + y1, y2: middle + y2 },
    style: { stroke: color, lineWidth: 4, lineCap: "round" },
  });
  return { type: "group", children: [line(-6, 6), line(6, -6)] };
}
