// Charts of lines: quantities over time, and the slowest answers.

import {color, compact, css, DASHES, empty, few, thin, time} from "./chart-kit.js";
import uPlot from "./uPlot.min.js";

/**
 * A line chart over time: lines are {name, values, index}, one value for each bin; the index decides how a line looks, and one that
 * isHollow is drawn as hollow bars.
 */
function series({title, caption, lines, binMs, durationMs, faults = [], namesCoincidence = true}) {
  const bins = Math.min(Math.floor(durationMs / binMs), Math.max(0, ...lines.map(line => line.values.length)));
  const seconds = Array.from({length: bins}, (_, i) => i * binMs / 1000);
  return {
    title, caption: `${caption}${namesCoincidence ? coinciding(lines, bins) : ""}`,
    key: [...lines.map(({name, index, isHollow}) => ({name, index, ...(isHollow ? {shape: "hollow bar"} : {})})),
      ...(faults.length ? [{name: "fault", shape: "fault"}] : [])],
    table: {
      columns: ["second", ...lines.map(line => line.name)],
      rows: thin(seconds.map((second, i) => [few.format(second), ...lines.map(line => few.format(line.values[i] ?? 0))])),
    },
    draw(box, width, until, most) {
      const height = heightOf(width, most);
      const shown = seconds.filter(second => second * 1000 <= until + 0.5).length;
      if (!lines.length || !bins) {
        return empty(box, "There is nothing to draw.");
      }
      const top = Math.max(1, ...lines.flatMap(line => line.values.slice(0, bins))) * 1.05;
      const plot = new uPlot({
        width, height,
        padding: [8, 8, 0, 0],
        cursor: {show: false},
        legend: {show: false},
        scales: {x: {time: false, range: [0, Math.max(seconds.at(-1) ?? 1, binMs / 1000)]}, y: {range: [0, top]}},
        axes: [axis("s", width < 420 ? 70 : 50), axis("", 30, 62)],
        series: [{}, ...lines.map(({index, isHollow}) => ({
          stroke: color(index), points: {show: false},
          ...(isHollow ? {width: 1, paths: uPlot.paths.bars({size: [0.8, 12]})}
            : {width: 2, dash: DASHES[index % DASHES.length], spanGaps: true}),
        }))],
        hooks: {drawClear: [plot => shade(plot, faults)]},
      }, [
        seconds,
        // A bar without a height would be a line on the axis.
        ...lines.map(line => seconds.map((_, i) => (i < shown && (line.values[i] || !line.isHollow) ? line.values[i] ?? 0 : null))),
      ], box);
      return () => plot.destroy();
    },
  };
}

/** The height of a chart: the first of a step has its own limit. */
function heightOf(width, most) {
  return Math.round(Math.max(110, Math.min(most, Math.max(most === Infinity ? 170 : 150, width * 0.45), most === Infinity ? 260 : 360)));
}

/** A sentence on lines that lie on each other nearly everywhere, since the upper one hides the lower. */
function coinciding(lines, length) {
  const top = Math.max(1, ...lines.flatMap(line => line.values.slice(0, length)));
  const near = (one, other) => {
    let same = 0;
    for (let i = 0; i < length; i++) {
      same += Math.abs((one.values[i] ?? 0) - (other.values[i] ?? 0)) <= 0.02 * top ? 1 : 0;
    }
    return same >= 0.9 * length;
  };
  // Each hidden line is named once, with the uppermost of those that hide it.
  const hidden = new Map();
  lines.forEach((lower, i) => {
    const upper = lines.slice(i + 1).findLast(other => near(lower, other));
    if (upper) {
      hidden.set(upper, [...hidden.get(upper) ?? [], lower.name]);
    }
  });
  const texts = [...hidden].map(([{name}, names]) => `${listed(names)} ${names.length > 1 ? "lie" : "lies"} under ${name}`);
  return texts.length ? ` The lines coincide nearly everywhere: ${texts.join(", ")}.` : "";
}

function listed(names) {
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0];
}

function axis(label, space, size = 34) {
  return {
    space, size, stroke: css("--soft"), font: "12px system-ui", grid: {stroke: css("--rule"), width: 1},
    ticks: {stroke: css("--rule"), width: 1},
    values: (plot, values) => values.map((value, i) => (value === null ? "" : (value < 10_000 ? few : compact).format(value) + (i === values.length - 1 ? ` ${label}` : ""))),
  };
}

/** A logarithmic axis, with a line for each power of ten only. */
function decades(space, size) {
  const filter = (plot, values) => values.map(value => (Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9 ? value : null));
  const plain = axis("", space, size);
  return {...plain, filter, grid: {...plain.grid, filter}, ticks: {...plain.ticks, filter}};
}

/** The time of the faults behind the lines, with an edge for those who see no colours. */
function shade(plot, faults) {
  const {ctx, bbox} = plot;
  ctx.save();
  for (const fault of faults) {
    const from = plot.valToPos(fault.atMs / 1000, "x", true);
    const to = plot.valToPos((fault.atMs + fault.durationMs) / 1000, "x", true);
    ctx.fillStyle = css("--fault");
    ctx.fillRect(from, bbox.top, to - from, bbox.height);
    ctx.strokeStyle = css("--soft");
    ctx.lineWidth = devicePixelRatio;
    ctx.strokeRect(from, bbox.top, to - from, bbox.height);
  }
  ctx.restore();
}

/** Lines of one quantity in bins, per second, one for each policy. */
function counted(context, quantity, more) {
  const {observations} = context;
  const {binMs} = observations[0];
  const merge = Math.max(1, Math.round(1000 / binMs));
  const bins = Math.max(...observations.map(each => each.bins.requests.length), 1);
  return series({
    binMs: binMs * merge,
    durationMs: context.durationMs,
    faults: context.faults,
    lines: observations.map(each => ({
      name: each.policy, index: each.index,
      values: Array.from({length: Math.ceil(bins / merge)}, (_, i) =>
        each.bins[quantity].slice(i * merge, (i + 1) * merge).reduce((sum, n) => sum + n, 0) * 1000 / (binMs * merge)),
    })),
    ...more,
  });
}

/** Lines of samples: {name, values}, one value for each bin. Lines without values are left out. */
function sampled(context, lines, more) {
  const {binMs} = context.observations[0];
  const every = Math.max(1, Math.round(500 / binMs));
  return series({
    binMs: binMs * every,
    durationMs: context.durationMs,
    faults: context.faults,
    lines: lines.map((line, index) => ({index, ...line, values: line.values.filter((_, i) => i % every === 0)}))
      .filter(line => line.values.length),
    ...more,
  });
}

export function requests(context) {
  return counted(context, "requests", {
    title: "Requests each second", caption: "Requests that arrive at the store each second. The shaded time is the fault.",
  });
}

export function goodput(context) {
  return counted(context, "succeeded", {
    title: "Goodput: successes each second", caption: "Calls that succeed each second: what the callers get for it.",
  });
}

export function queue(context) {
  return sampled(context, context.observations.map(each => ({name: each.policy, index: each.index, values: each.queue})), {
    title: "Queue", caption: "Requests that wait in front of the store.",
  });
}

export function wasted(context) {
  return counted(context, "wastedMs", {
    title: "Wasted work",
    caption: "Work of the store for requests whose callers no longer wait, in milliseconds of work each second.",
  });
}

export function retries(context) {
  const {observations} = context;
  const lines = observations.filter(each => each.policy !== "none").flatMap(each => [
    {name: `${each.policy}: sent`, values: perSecond(each, "retries")},
    {name: `${each.policy}: rejected by the budget`, values: perSecond(each, "rejectedRetries"), isHollow: true},
  ]);
  return series({
    title: "Retries each second", namesCoincidence: false, binMs: 1000, durationMs: context.durationMs, faults: context.faults,
    lines: lines.map((line, index) => ({...line, index})),
    caption: "Lines: retries that are sent. Hollow bars: retries that the budget rejects, whose calls fail at once instead.",
  });
}

function perSecond(observation, quantity) {
  const merge = Math.max(1, Math.round(1000 / observation.binMs));
  const numbers = observation.bins[quantity];
  return Array.from({length: Math.ceil(numbers.length / merge)}, (_, i) =>
    numbers.slice(i * merge, (i + 1) * merge).reduce((sum, n) => sum + n, 0));
}

export function budget(context) {
  const lines = context.observations.filter(({policy}) => policy !== "none").flatMap(accounts);
  return sampled(context, lines, {
    title: "Budget",
    caption: "Retries that the budget of a client would grant now, on average: of ordinary errors such as a 500, and of overload signals such as"
      + " timeouts. A policy has one line if both have the same account, and none without a budget.",
  });
}

/** Returns the lines of a policy's budget. An unlimited budget has no number. The budget of the clients pays. */
function accounts({policy, budgets}) {
  const layer = budgets.find(each => each.retriesLeft.some(left => left !== null));
  if (!layer) {
    return [];
  }
  const ordinary = layer.retriesLeft.map(left => left ?? 0);
  const overload = layer.overloadRetriesLeft.map(left => left ?? 0);
  return ordinary.every((left, i) => left === overload[i]) ? [{name: policy, values: ordinary}]
    : [{name: `${policy}: ordinary errors`, values: ordinary}, {name: `${policy}: overload signals`, values: overload}];
}

/** Draws the number of calls that take longer than a time, on logarithmic axes. */
export function tail(context) {
  const curves = context.observations.map(each => ({name: each.policy, index: each.index, pairs: pairs(each.latencyTail).filter(([fraction]) => fraction <= 0.5)}));
  return {
    title: "The slowest answers",
    caption: "The slowest half of the successful calls: the fraction of all that takes at least so long. Each line down is a tenth: 0.01 is the slowest percent.",
    key: curves.map(({name, index}) => ({name, index})),
    table: {
      columns: ["policy", "fraction of the calls", "take at least"],
      rows: curves.flatMap(curve => thin(curve.pairs).map(([fraction, ms]) => [curve.name, few.format(fraction), time(ms)])),
    },
    draw(box, width, until, most) {
      const height = heightOf(width, most);
      const all = [...new Set(curves.flatMap(curve => curve.pairs.map(([, ms]) => ms)))].filter(ms => ms > 0).sort((a, b) => a - b);
      const data = [all, ...curves.map(curve => all.map(ms => {
        const found = curve.pairs.filter(([, at]) => at === ms).at(-1);
        return found ? found[0] : null;
      }))];
      if (all.length < 2) {
        return empty(box, "No call succeeds, so no answer takes any time.");
      }
      const least = Math.min(...curves.flatMap(curve => curve.pairs.map(([fraction]) => fraction)));
      const plot = new uPlot({
        width, height, padding: [8, 12, 0, 0], cursor: {show: false}, legend: {show: false},
        scales: {x: {time: false, distr: 3}, y: {distr: 3, range: [10 ** Math.floor(Math.log10(least)), 1]}},
        axes: [{...decades(50), values: (plot, values) => values.map(value => (value === null ? "" : time(value)))}, decades(26, 66)],
        series: [{}, ...curves.map(({index}) => ({
          stroke: color(index), width: 2, dash: DASHES[index % DASHES.length], points: {show: false}, spanGaps: true,
        }))],
      }, data, box);
      return () => plot.destroy();
    },
  };
}

function pairs(flat) {
  return Array.from({length: flat.length / 2}, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
}
