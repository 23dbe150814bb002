import * as echarts from "echarts";
import { lastSecond, type Picture } from "./picture";
import { averageColor, ink, renderRow, verdictColors, windowColor } from "./rows";

const faint = "#5c6773";
const gridColor = "#eceff3";

export const fontFamily = "DejaVu Sans, Verdana, sans-serif";
export const width = 1000;
const rowHeight = 46;
const [top, bottom, left, right] = [100, 104, 250, 100];

export function heightOf({ legs }: Pick<Picture, "legs">): number {
  return top + bottom + rowHeight * Math.max(legs.length, 1);
}

/** Draws it with ECharts as SVG, without a browser. */
export function drawSvg(picture: Picture): string {
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height: heightOf(picture) });
  try {
    chart.setOption(optionOf(picture));
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

function optionOf(picture: Picture): echarts.EChartsOption {
  const text = (fontSize: number, color: string) => ({ fontFamily, fontSize, color });
  const end = lastSecond(picture);
  const step = tickStep(end);
  return {
    animation: false,
    backgroundColor: "#ffffff",
    title: {
      text: cut(picture.title, 72),
      subtext: cut(picture.subtitle, 115),
      left: 20,
      top: 20,
      itemGap: 10,
      textStyle: { ...text(20, ink), fontWeight: "bold" },
      subtextStyle: text(13, faint),
    },
    grid: { top, bottom, left, right },
    xAxis: {
      type: "value",
      min: 0,
      max: Math.ceil((end * 1.01) / step) * step,
      interval: step,
      name: picture.origin,
      nameLocation: "middle",
      nameGap: 32,
      nameTextStyle: text(13, faint),
      axisLabel: text(12, faint),
      axisLine: { show: true, lineStyle: { color: faint } },
      splitLine: { lineStyle: { color: gridColor } },
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: picture.legs.map(({ name }) => cut(`${name.charAt(0).toUpperCase()}${name.slice(1)}`, 29)),
      axisLabel: { ...text(13, ink), margin: 14, interval: 0 },
      axisLine: { lineStyle: { color: faint } },
      axisTick: { show: false },
      splitLine: { show: true, lineStyle: { color: gridColor } },
    },
    series: {
      type: "custom",
      silent: true,
      clip: false,
      encode: { x: 0, y: 1 },
      data: picture.legs.map(({ from }, row) => [from, row]),
      renderItem: renderRow(picture.legs, fontFamily, width - right + 14),
    },
    graphic: key(heightOf(picture) - 26),
  };
}

/** What the marks mean, in one line below the axis. */
function key(y: number): echarts.EChartsOption["graphic"] {
  const marks = [
    {
      label: "may take",
      width: 110,
      mark: {
        type: "rect",
        shape: { x: 0, y: -8, width: 26, height: 16, r: 2 },
        style: { fill: windowColor, stroke: "#9bb4d3" },
      },
    },
    {
      label: "mean of many",
      width: 145,
      mark: {
        type: "line",
        shape: { x1: 13, x2: 13, y1: -10, y2: 10 },
        style: { stroke: averageColor, lineWidth: 2, lineDash: [4, 3] },
      },
    },
    {
      label: "in time",
      width: 100,
      mark: { type: "circle", shape: { cx: 13, cy: 0, r: 7 }, style: { fill: verdictColors.ok } },
    },
    {
      label: "late",
      width: 80,
      mark: { type: "circle", shape: { cx: 13, cy: 0, r: 7 }, style: { fill: verdictColors.late } },
    },
    {
      label: "× never came",
      width: 120,
      mark: { type: "circle", shape: { cx: 13, cy: 0, r: 0 }, style: { fill: verdictColors.failed } },
    },
  ];
  let x = left;
  return marks.map(({ label, mark, width: taken }) => {
    const group = {
      type: "group" as const,
      x,
      y,
      silent: true,
      children: [
        mark,
        {
          type: "text",
          x: label.startsWith("×") ? 6 : 34,
          style: { text: label, y: 0, fill: faint, font: `12px ${fontFamily}`, verticalAlign: "middle" },
        },
      ],
    };
    x += taken;
    return group;
  });
}

/** Seconds from one number of the axis to the next, at most a dozen of them. */
function tickStep(seconds: number): number {
  return [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600].find((one) => seconds / one <= 12) ?? 3600;
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
