"use strict";
// Elements, tables and drawings that a report is made of.

const drawn = ["svg", "g", "path", "line", "text", "circle", "title"];

/** An element of HTML or SVG with attributes and children, which are elements or texts. */
function element(name, attributes = {}, ...children) {
  const node = drawn.includes(name) ? document.createElementNS("http://www.w3.org/2000/svg", name)
                                    : document.createElement(name);
  for (const [key, value] of Object.entries(attributes))
    if (value !== undefined) node.setAttribute(key, value);
  node.append(...children.flat().map(child => (child instanceof Node ? child : String(child))));
  return node;
}

/** A number as people read it: six digits, whole ones exactly. */
function rounded(value) {
  if (Number.isInteger(value)) return Math.abs(value) < 1e15 ? value.toLocaleString("en") : value.toPrecision(6);
  return Number(value.toPrecision(6)).toString();
}

/** What stands in a cell. The full number is its `value`. */
function shown(value) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return element("data", { value }, rounded(value));
  if (Array.isArray(value)) return element("data", { value: JSON.stringify(value) }, listed(value));
  return value;
}
function listed(value) {
  if (Array.isArray(value)) return "[" + value.map(listed).join(", ") + "]";
  return typeof value === "number" ? rounded(value) : "–";
}

/** A table whose first column names the rows. Columns of numbers are right-aligned. */
function table(caption, heads, rows, classes = []) {
  const isNumber = column => rows.some(row => typeof row[column] === "number");
  const classOf = column => [isNumber(column) ? "number" : "", classes[column] ?? ""].join(" ").trim() || undefined;
  const cell = (value, column) => column
    ? element("td", { class: classOf(column) }, shown(value))
    : element("th", { scope: "row", class: classOf(column) }, shown(value));
  return element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption },
    element("table", {}, element("caption", {}, caption),
      element("thead", {}, element("tr", {}, heads.map((head, column) =>
        element("th", { scope: "col", class: classOf(column) }, head)))),
      element("tbody", {}, rows.map(row => element("tr", {}, row.map(cell))))));
}

/** At most about so many of a list, at equal distances, and the last one. */
function thinned(list, most) {
  const step = Math.ceil(list.length / most);
  return list.filter((_, i) => i % step === 0 || i === list.length - 1);
}

/** The numbers behind a drawing, for those who do not see it. */
function numbers(caption, heads, rows) {
  const some = thinned(rows, 1000), part = some.length < rows.length ? `, ${some.length} of ${rows.length}` : "";
  return element("details", {}, element("summary", {}, "The numbers" + part), table(caption + part, heads, some));
}

// Axes ----------------------------------------------------------------------------------------------------------------

/** From 3 to 7 round numbers in a range. */
function ticks(low, high) {
  const rough = (high - low) / 4, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find(factor => factor * power >= rough) * power;
  const list = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; ++k)
    list.push(Number((k * step).toPrecision(12)));
  return list;
}
function logTicks(low, high) {
  const list = [], from = Math.floor(Math.log10(low)), to = Math.ceil(Math.log10(high));
  const factors = to - from > 3 ? [1] : [1, 2, 5];
  for (let power = from; power <= to; ++power)
    for (const factor of factors) list.push(Number((factor * 10 ** power).toPrecision(12)));
  return list.filter(value => value >= low * 0.999 && value <= high * 1.001);
}

function least(values) { return values.reduce((a, b) => Math.min(a, b), Infinity); }
function greatest(values) { return values.reduce((a, b) => Math.max(a, b), -Infinity); }

/** Values to places between `from` and `to`: along a line, or by their logarithm. */
function axis(values, from, to, isLog, isWhole) {
  let low = least(values), high = greatest(values);
  if (high - low <= 1e-6 * Math.abs(high)) { // the differences are roundings
    const room = Math.abs(low) / 10 || 0.5;
    low -= isLog ? 0 : room;
    high += room;
  }
  const place = isLog ? value => from + (Math.log(value / low) / Math.log(high / low)) * (to - from)
                      : value => from + ((value - low) / (high - low)) * (to - from);
  const all = isLog ? logTicks(low, high) : ticks(low, high);
  return { place, ticks: isWhole ? all.filter(Number.isInteger) : all };
}

// Drawings ------------------------------------------------------------------------------------------------------------

const size = { width: 480, height: 260, left: 62, right: 14, top: 24, bottom: 36 };

function frame(x, y, xName, yName) {
  const { width, height, left, right, top, bottom } = size;
  const parts = [];
  for (const value of y.ticks) {
    const at = y.place(value);
    parts.push(element("line", { class: "grid", x1: left, x2: width - right, y1: at, y2: at }),
               element("text", { x: left - 7, y: at + 4, "text-anchor": "end" }, rounded(value)));
  }
  for (const value of x.ticks) {
    const at = x.place(value);
    parts.push(element("line", { class: "axis", x1: at, x2: at, y1: height - bottom, y2: height - bottom + 4 }),
               element("text", { x: at, y: height - bottom + 16, "text-anchor": "middle" }, rounded(value)));
  }
  parts.push(element("line", { class: "axis", x1: left, x2: width - right, y1: height - bottom, y2: height - bottom }),
             element("line", { class: "axis", x1: left, x2: left, y1: top, y2: height - bottom }),
             element("text", { x: width - right, y: height - 4, "text-anchor": "end" }, xName));
  if (yName) parts.push(element("text", { x: left, y: top - 10 }, yName));
  return parts;
}

let figures = 0;
function figure(caption, parts, details) {
  const id = `figure-${++figures}`;
  return element("figure", {}, element("figcaption", { id }, caption),
    element("svg", { viewBox: `0 0 ${size.width} ${size.height}`, role: "img", "aria-labelledby": id }, parts),
    details);
}

function areFinite([x, y]) { return Number.isFinite(x) && Number.isFinite(y); }

/** Lines over epochs: `series` are up to two of {name, points: [[epoch, value], ...]}; `best` is an epoch to mark. */
function lineChart(name, series, best) {
  const all = series.flatMap(one => one.points).filter(areFinite);
  const heads = ["epoch", ...series.map(one => one.name)];
  const rows = series[0].points.map(([epoch], i) => [epoch, ...series.map(one => one.points[i][1])]);
  const details = numbers(`${name} of each epoch`, heads, rows);
  if (!all.length) return element("figure", {}, element("figcaption", {}, `${name}: no finite number`), details);
  const values = all.map(point => point[1]), low = least(values);
  const isLog = low > 0 && greatest(values) / low > 30;
  const x = axis(all.map(point => point[0]), size.left, size.width - size.right, false, true);
  const y = axis(values, size.height - size.bottom, size.top, isLog, false);
  const parts = frame(x, y, "epoch", "");
  if (best >= 1 && all.some(([epoch]) => epoch === best)) {
    const at = x.place(best);
    parts.push(element("line", { class: "mark", x1: at, x2: at, y1: size.top, y2: size.height - size.bottom },
                       element("title", {}, `the best epoch: ${best}`)));
  }
  series.forEach((one, number) => {
    const style = ["first", "second"][number], points = thinned(one.points.filter(areFinite), 2000);
    const places = points.map(([px, py]) => [x.place(px).toFixed(1), y.place(py).toFixed(1)]);
    const path = "M" + places.map(place => place.join(" ")).join("L");
    parts.push(element("path", { class: `line ${style}`, d: path, "data-series": one.name }));
    if (points.length <= 60)
      places.forEach(([cx, cy], i) => parts.push(element("circle", { class: `dot ${style}`, cx, cy, r: 2.2 },
        element("title", {}, `${one.name}, epoch ${points[i][0]}: ${rounded(points[i][1])}`))));
    const key = (number ? "- - " : "— ") + one.name;
    if (series.length > 1)
      parts.push(element("text", { class: style, x: size.left + 90 * number, y: size.top - 10 }, key));
  });
  return figure(`${name} by epoch${isLog ? ", logarithmic" : ""}`, parts, details);
}

/** What was predicted over what is so; the line is where both are equal. */
function scatter(name, pairs) {
  const all = pairs.filter(areFinite);
  const details = numbers(`${name}: what is so and what was predicted`, ["is", "predicted"], pairs);
  if (!all.length) return element("figure", {}, element("figcaption", {}, `${name}: no finite number`), details);
  const both = all.flat();
  const x = axis(both, size.left, size.width - size.right, false, false);
  const y = axis(both, size.height - size.bottom, size.top, false, false);
  const low = least(both), high = greatest(both);
  const parts = frame(x, y, "is", "predicted");
  parts.push(element("line",
    { class: "mark", x1: x.place(low), y1: y.place(low), x2: x.place(high), y2: y.place(high) }));
  for (const [is, predicted] of all) {
    const place = { cx: x.place(is).toFixed(1), cy: y.place(predicted).toFixed(1) };
    parts.push(element("circle", { class: "dot first pair", ...place, r: 3 },
                       element("title", {}, `is ${rounded(is)}, predicted ${rounded(predicted)}`)));
  }
  return figure(`${name}: predicted over what is so`, parts, details);
}
