"use strict";
// The sections of a report, from what the program put into the page: {info, weights, logFile, log, sets, outcomes}.

const report = JSON.parse(document.getElementById("report").textContent);
const main = document.querySelector("main"), contents = document.querySelector("nav");
const { info } = report;

const badLines = [];
const events = (report.log ?? "").split("\n").flatMap((line, i) => {
  if (!line) return [];
  try {
    return [JSON.parse(line)];
  } catch {
    badLines.push(i + 1);
    return [];
  }
});
const epochs = events.filter(one => one.event === "epoch");
const runs = events.filter(one => one.event === "start" || one.event === "resume");
const start = runs.at(-1), end = events.findLast(one => one.event === "end");
const best = epochs.findLast(one => one.best)?.epoch;
const names = { train: "training", valid: "validation", test: "test" };

function section(title, ...children) {
  const id = title.toLowerCase().replaceAll(" ", "-");
  main.append(element("section", { "aria-labelledby": id }, element("h2", { id }, title), ...children));
  contents.append(element("a", { href: `#${id}` }, title));
}
function isScalar(value) { return typeof value === "number" || value === null; }
function spoken(name) { return name.replaceAll("_", " "); }
function faint(text) { return element("p", { class: "faint" }, text); }
function moment(seconds) { return new Date(seconds * 1000).toISOString().replace("T", " ").slice(0, 19) + " UTC"; }
function duration(seconds) {
  if (seconds < 1) return `${rounded(Number((seconds * 1000).toPrecision(3)))} ms`;
  if (seconds < 120) return `${Number(seconds.toPrecision(3))} s`;
  return seconds < 7200 ? `${(seconds / 60).toFixed(1)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

function heading() {
  document.title = `${info.name}: report`;
  document.querySelector("h1").textContent = info.name;
  const trained = start ? ` Trained ${moment(start.time)}.` : "";
  document.querySelector("header p").textContent =
    `Compiled from ${info.source} by bmc ${info.version}.${trained} Weights: ${report.weights}.`;
}

function summary() {
  const facts = [["parameters", info.total]];
  if (epochs.length) facts.push(["epochs", epochs.at(-1).epoch]);
  if (end) facts.push(["ended", end.reason]);
  if (best) facts.push(["best epoch", best]);
  const set = report.sets.at(-1);
  for (const [name, value] of Object.entries(set?.measures ?? {}))
    if (typeof value === "number") facts.push([`${names[set.name]} ${spoken(name)}`, value]);
  section("Summary", element("dl", { class: "facts" }, facts.map(([name, value]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, shown(value))))));
}

function curves() {
  if (!report.log)
    return section("Training", faint("No run log was given, so there are no curves: 'train --log run.jsonl' " +
                                     "writes one, and 'report --log run.jsonl' shows it."));
  const parts = [];
  if (badLines.length) parts.push(faint(`Lines of ${report.logFile} that cannot be read: ${badLines.join(", ")}.`));
  if (!epochs.length) parts.push(faint(`${report.logFile} has no finished epoch.`));
  const others = ["event", "epoch", "step", "best", "seconds", "rows_per_second"];
  const measures = Object.keys(epochs[0] ?? {}).filter(name =>
    !others.includes(name) && !name.startsWith("valid_") && isScalar(epochs[0][name]));
  const points = name => epochs.map(one => [one.epoch, one[name]]);
  parts.push(element("div", { class: "charts" }, measures.map(name => {
    const series = [{ name: "training", points: points(name) }];
    if (`valid_${name}` in epochs[0]) series.push({ name: "validation", points: points(`valid_${name}`) });
    return lineChart(spoken(name), series, best);
  })));
  const rates = Object.keys(epochs[0]?.rates ?? {});
  if (rates.length)
    parts.push(element("h3", {}, "What schedules gave"), element("div", { class: "charts" }, rates.map(name =>
      lineChart(name, [{ name, points: epochs.map(one => [one.epoch, one.rates[name]]) }], best))));
  const value = end?.best_value === undefined ? "" : `, whose ${start.monitor} is ${rounded(end.best_value)}`;
  if (best) parts.push(faint(`The dotted line marks the best epoch, ${best}${value}.`));
  section("Training", ...parts);
}

function results() {
  if (!report.sets.length) return;
  const all = Object.keys(report.sets[0].measures);
  const isNumber = name => isScalar(report.sets[0].measures[name]);
  const heads = ["measure", ...report.sets.map(set => names[set.name])];
  const parts = [table("Loss and metrics with the saved weights", heads,
    all.filter(isNumber).map(name => [spoken(name), ...report.sets.map(set => set.measures[name])]))];
  for (const name of all.filter(name => !isNumber(name)))
    for (const set of report.sets.slice(-1)) {
      const value = set.measures[name], rows = Array.isArray(value[0]) ? value : [value];
      parts.push(table(`${spoken(name)}, ${names[set.name]} data`, ["", ...rows[0].map((_, i) => String(i))],
                       rows.map((row, i) => [Array.isArray(value[0]) ? String(i) : "value", ...row])));
    }
  section("Results", ...parts);
}

function classFigures(labels, counts) {
  const sum = list => list.reduce((a, b) => a + b, 0), share = (part, whole) => (whole ? part / whole : null);
  return labels.map((label, i) => {
    const hits = counts[i][i], rows = sum(counts[i]), taken = sum(counts.map(row => row[i]));
    return [label, rows, share(hits, taken), share(hits, rows), share(2 * hits, rows + taken)];
  });
}

function confusion(title, { labels, counts }) {
  const largest = Math.max(1, ...counts.flat());
  const cell = (count, i, j) => element("td", {
    class: i === j ? "number hit" : "number",
    style: `background: rgba(var(--heat), ${(0.6 * count / largest).toFixed(3)})`,
    title: `${labels[i]}, predicted ${labels[j]}: ${count}` }, shown(count));
  const head = (label, scope) => element("th", { scope, class: scope === "col" ? "number" : undefined }, label);
  const matrix = element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "confusion matrix" },
    element("table", { class: "confusion" }, element("caption", {}, "Rows: what is so; columns: what was predicted"),
      element("thead", {}, element("tr", {}, element("td", {}), labels.map(label => head(label, "col")))),
      element("tbody", {}, counts.map((row, i) =>
        element("tr", {}, head(labels[i], "row"), row.map((count, j) => cell(count, i, j)))))));
  return [element("h3", {}, title), matrix, element("h3", {}, "Each class"),
          table("Precision, recall and their harmonic mean, F1", ["class", "rows", "precision", "recall", "F1"],
                classFigures(labels, counts))];
}

function outcomes() {
  for (const one of report.outcomes ?? []) {
    const set = names[report.sets.at(-1).name], of = report.outcomes.length > 1 ? ` of ${one.field}` : "";
    if (one.counts)
      section(`Classes${of}`, ...confusion(`Confusion matrix, ${set} data`, one));
    else
      section(`Predictions${of}`, ...predictions(set, one));
  }
}

function predictions(set, { field, rows, pairs }) {
  const drawn = pairs[0].length, some = drawn < rows ? ` ${rounded(drawn)} of ${rounded(rows)} rows are shown.` : "";
  const name = i => (pairs.length > 1 ? `${field}[${i}]` : field);
  return [faint(`The ${set} data, in the units of the data. The dotted line is where both are equal.${some}`),
          element("div", { class: "charts" }, pairs.map((points, i) => scatter(name(i), points)))];
}

function architecture() {
  section("Architecture",
    table("Layers", ["layer", "output", "parameters", "FLOPs a row", "bytes a row"], info.layers.map(layer =>
      ["  ".repeat(layer.depth) + (layer.name ? `${layer.name}: ` : "") + layer.kind,
       layer.output || "–", layer.parameters, layer.flops, layer.bytes]), ["nested"]),
    element("details", {}, element("summary", {}, `Parameters and buffers: ${info.parameters.length}`),
      table("Parameters and buffers", ["name", "type", "shape", "values", "role"], info.parameters.map(one =>
        [one.name, one.element, `[${one.shape.join(", ")}]`, one.count, one.role]))));
}

function settings() {
  if (!start) return;
  const rows = [...Object.entries(start.settings), ["seed", start.seed], ["shuffle", start.shuffle ? "yes" : "no"],
                ["monitor", `${start.goal} ${start.monitor}`], ["threads", start.threads]];
  section("Settings", table("The numbers that the training worked with", ["setting", "value"], rows));
}

function data() {
  const sets = Object.entries(start?.data ?? {}).map(([name, set]) => [names[name], set.path, set.rows]);
  for (const set of report.sets)
    if (!sets.some(([name]) => name === names[set.name])) sets.push([names[set.name], set.path, set.rows]);
  if (sets.length) section("Data", table("Data sets", ["set", "file", "rows"], sets));
}

function timings() {
  const parts = [];
  if (epochs.length) {
    const seconds = epochs.map(one => one.seconds), total = seconds.reduce((a, b) => a + b, 0);
    const middle = list => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
    parts.push(table("Training", ["epochs", "time in epochs", "median epoch", "median rows a second"],
      [[epochs.length, duration(total), duration(middle(seconds)),
        Math.round(middle(epochs.map(one => one.rows_per_second)))]]));
    parts.push(table("Runs", ["began", "from epoch", "threads"],
      runs.map(run => [moment(run.time), run.epoch, run.threads])));
  }
  if (report.sets.length)
    parts.push(table("Evaluation for this report", ["set", "rows", "time", "rows a second"], report.sets.map(set =>
      [names[set.name], set.rows, duration(set.seconds), Math.round(set.rows / Math.max(set.seconds, 1e-9))])));
  if (epochs.length > 1)
    parts.push(element("div", { class: "charts" },
      lineChart("seconds", [{ name: "seconds", points: epochs.map(one => [one.epoch, one.seconds]) }])));
  if (parts.length) section("Timings", ...parts);
}

function code() {
  section("Compiled code",
    table(`Memory for intermediate values, batches of ${info.rows}`, ["function", "bytes", "kernel calls"],
      Object.entries(info.functions).map(([name, one]) => [name, one.arena_bytes, one.kernel_calls])),
    element("details", {}, element("summary", {}, `Kernels: ${info.kernels.length}`),
      table("Kernels", ["kernel", "calls", "place", "schedule"], info.kernels.map(kernel =>
        [kernel.name, kernel.calls, kernel.location, kernel.schedule]), ["code"])));
}

for (const part of [heading, summary, curves, results, outcomes, architecture, settings, data, timings, code]) part();
