// The picture of the first step: the service as it is, the same service without retries, and the calls that succeed, over time. It is drawn from
// records of runs, with any pen. Only the ways between clients and service take longer than in the run, so that they can be seen.

import {faultsOf, isBroken, lengthOf, POLICIES, policyAt, queueOf, WORKERS} from "./story.js";

/** Milliseconds of the run in one millisecond of the reader's. */
export const SPEED = 6;
/** The time that a dot takes from the clients to the service or back, in milliseconds of the run. */
const WAY_MS = 350 * SPEED;
const SHOWN_CLIENTS = 16;
/** No attempt is drawn longer than this after it was sent: the longest queue takes a minute. */
const OLDEST_MS = 90_000;
/** The span of the figures that are of now. */
const NOW_MS = 2000;
const NUMBERS = 8;
/** The ends of attempts, as the engine numbers them. */
const [SERVED, FAILED, TIMED_OUT, REJECTED] = [1, 2, 3, 4];

/**
 * A record with its numbers as the drawing reads them. The first two of an attempt are its call and its own number. The next five are when it was
 * sent, arrived, was begun, was finished and ended, or -1. The last is the number of its end.
 */
export function prepare(record) {
  const attempts = Int32Array.from(record.attempts);
  for (let i = 0; i < attempts.length; i += NUMBERS) {
    if (i > 0) {
      attempts[i] += attempts[i - NUMBERS];
      attempts[i + 2] += attempts[i + 2 - NUMBERS];
    }
    for (const [time, since] of [[3, 2], [4, 3], [5, 4], [6, 2]]) {
      if (attempts[i + time] >= 0) {
        attempts[i + time] += attempts[i + since];
      }
    }
  }
  return {...record, attempts};
}

/** The height of the picture at a width. */
export function heightOf(width) {
  return isWide(width) ? 300 : 290;
}

const isWide = width => width >= 640;

/** Draws a time of a story: {values, changes, run, none, time}. Runs that are not there yet leave their places empty. */
export function drawStage(pen, width, {values, changes, run, none, time}) {
  const height = heightOf(width);
  const wide = isWide(width);
  const each = wide ? (width - 16) / 2 : width;
  const sceneHeight = wide ? 178 : 98;
  const stripTop = wide ? 190 : 2 * sceneHeight + 12;
  const {policy} = policyAt(changes, time);
  const frame = {values, changes, time, isWide: wide};
  drawService(pen, {x: 0, y: 0, width: each, height: sceneHeight}, {...frame, record: run, title: POLICIES[policy].name, colour: "c2"});
  drawService(pen, wide ? {x: each + 16, y: 0, width: each, height: sceneHeight} : {x: 0, y: sceneHeight + 6, width: each, height: sceneHeight},
    {...frame, record: none, title: wide ? "The same, without retries" : "Without retries", colour: "c0"});
  drawStrip(pen, {x: 0, y: stripTop, width, height: height - stripTop}, {values, changes, run, none, time});
}

/** The calls of the last two seconds that succeed, in percent; NaN before there are any. */
export function succeedingNow(record, time) {
  const {binMs, begun, goodput} = record;
  const sum = bins => bins.slice(Math.max(0, Math.floor((time - NOW_MS) / binMs)), Math.floor(time / binMs)).reduce((total, bin) => total + bin, 0);
  return Math.min(100, Math.round(100 * sum(goodput) / sum(begun)));
}

export const waitingNow = (record, time) => record.queue[Math.min(record.queue.length - 1, Math.floor(time / record.sampleMs))] ?? 0;

/** The height of the key, for a picture that stands alone. */
export const KEY_HEIGHT = 26;

const KEY = [["first attempt", {shape: "disc", fill: "c2"}], ["retry", {shape: "diamond", fill: "c5"}],
  ["its caller has given up", {shape: "disc", fill: "ground", stroke: "c1"}], ["success", {shape: "disc", fill: "c3"}],
  ["failure or timeout", {shape: "cross", stroke: "problem"}], ["useful work", {box: "useful"}], ["work that no caller waits for", {box: "wasted"}]];

export function drawKey(pen, y) {
  let x = 8;
  for (const [name, {box, ...style}] of KEY) {
    if (box) {
      pen.box(x - 4, y + 8, 10, 10, {fill: box});
    } else {
      pen.dots([x, y + 13], {radius: 4, ...style});
    }
    pen.text(x + 10, y + 17, name);
    x += 26 + 6.4 * name.length;
  }
}

function drawService(pen, {x, y, width, height}, frame) {
  const {record, title, colour, time, values, isWide: wide} = frame;
  const top = y + 22;
  const bottom = y + height - 6;
  const place = {
    clients: x + 8,
    first: x + 26,
    queue: {x: x + Math.round(width * 0.3), y: top + 2, width: Math.round(width * 0.42), height: Math.round((bottom - top) * 0.66)},
    servers: {x: x + Math.round(width * 0.75), y: top, width: Math.round(width * 0.25) - 4, height: Math.round((bottom - top) * 0.72)},
    back: bottom - 6,
    top,
    bottom,
  };
  pen.box(x, y, width, height, {fill: "raised"});
  pen.box(x, y, 4, height, {fill: colour});
  pen.text(x + 12, y + 15, title, {isBold: true, size: 13});
  if (record) {
    const now = succeedingNow(record, time);
    if (!Number.isNaN(now)) {
      pen.text(x + width - 8, y + 15, frame.isWide ? `${now} % succeed now` : `${now} % succeed`, {isBold: true, size: 13, anchor: "end", fill: now >= 90 ? "c3" : "problem"});
    }
  }
  const dots = record ? dotsAt(record, frame, place) : undefined;
  const shown = Math.min(SHOWN_CLIENTS, values.clients);
  pen.dots(Array.from({length: 2 * shown}, (_, i) => (i % 2 ? clientY(place, (i - 1) / 2, shown) : place.clients + 8)),
    {shape: "disc", radius: 3, fill: "ground", stroke: "soft"});
  pen.box(place.queue.x, place.queue.y, place.queue.width, place.queue.height, {fill: "ground", stroke: "soft"});
  drawServers(pen, place.servers, frame, dots);
  const waiting = record ? waitingNow(record, time) : 0;
  if (wide) {
    pen.text(place.clients, bottom + 1, `${values.clients} clients`, {fill: "soft", size: 11});
    pen.text(place.queue.x + 4, place.queue.y + place.queue.height + 13, `queue: ${waiting} of ${queueOf(values)}`, {fill: "soft", size: 11});
  }
  if (dots) {
    const {radius} = dots;
    pen.dots(dots.first, {shape: "disc", radius, fill: "c2"});
    pen.dots(dots.again, {shape: "diamond", radius: radius + 0.8, fill: "c5"});
    pen.dots(dots.firstLeft, {shape: "disc", radius: radius - 0.5, fill: "ground", stroke: "c1"});
    pen.dots(dots.againLeft, {shape: "diamond", radius, fill: "ground", stroke: "c1"});
    pen.dots(dots.success, {shape: "disc", radius, fill: "c3"});
    pen.dots(dots.failure, {shape: "cross", radius: radius - 0.3, stroke: "problem"});
  }
}

function clientY({top, bottom}, index, shown) {
  return top + 6 + (bottom - top - 24) * (shown === 1 ? 0.5 : index / (shown - 1));
}

/** The index of the first attempt that was sent at a time or later. */
function firstAfter(attempts, time) {
  let low = 0;
  let high = attempts.length / NUMBERS;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (attempts[middle * NUMBERS + 2] < time) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low * NUMBERS;
}

/** The places of all dots at a time, by what they mean, and how much of the latest work was of use. */
function dotsAt({attempts, every}, {values, changes, time}, place) {
  const {queue, servers} = place;
  const capacity = Math.ceil(queueOf(values) / every);
  const rows = Math.max(2, Math.min(8, Math.round(Math.sqrt(capacity * queue.height / queue.width))));
  const columns = Math.max(1, Math.ceil(capacity / rows));
  const radius = Math.max(1.8, Math.min(queue.width < 200 ? 2.6 : 4, queue.height / rows / 2 - 1, queue.width / columns / 2 - 0.5));
  const slotX = index => queue.x + queue.width - (Math.floor(index / rows) + 0.5) * queue.width / columns;
  const slotY = index => queue.y + (index % rows + 0.5) * queue.height / rows;
  const shown = Math.min(SHOWN_CLIENTS, values.clients);
  const dots = {radius, first: [], again: [], firstLeft: [], againLeft: [], success: [], failure: [], useful: 0, wasted: 0};
  const crashes = changes.filter(({kind}) => kind === "down");
  const isDown = at => crashes.filter(change => change.at <= at).at(-1)?.isOn === true;
  const crashAfter = at => crashes.find(change => change.isOn && change.at > at)?.at ?? Infinity;
  let waiting = 0;
  for (let i = firstAfter(attempts, time - OLDEST_MS); i < attempts.length && attempts[i + 2] - WAY_MS <= time; i += NUMBERS) {
    const arrived = attempts[i + 3];
    const begun = attempts[i + 4];
    const finished = attempts[i + 5];
    const ended = attempts[i + 6];
    const result = attempts[i + 7];
    const last = Math.max(arrived, finished, ended, finished < 0 && ended < 0 ? time : 0);
    if (arrived < 0 || (last + WAY_MS < time && !(begun < 0 && result === TIMED_OUT))) {
      continue;
    }
    const isFirst = attempts[i + 1] === 1;
    const number = Math.floor(attempts[i] / every);
    const y = clientY(place, number * 7 % shown, shown);
    const isRefused = begun < 0 && result === REJECTED;
    if (time < arrived) {
      const done = 1 - (arrived - time) / WAY_MS;
      const target = isRefused ? capacity - 1 : Math.min(waiting, capacity - 1);
      (isFirst ? dots.first : dots.again).push(place.first + (slotX(target) - place.first) * done, y + (slotY(target) - y) * done);
      continue;
    }
    const hasLeft = ended >= 0 && ended <= time && result === TIMED_OUT;
    if (isRefused) {
      const done = Math.min(1, (time - arrived) / WAY_MS);
      if (done < 1) {
        dots.failure.push(queue.x + (place.first - queue.x) * done, queue.y + (y - queue.y) * done);
      }
    } else if (begun < 0 && isDown(arrived)) {
      if (time - arrived < WAY_MS / 3) {
        dots.failure.push(servers.x - 6, servers.y + (number * 5 % 9 + 1) * servers.height / 10);
      }
    } else if (begun < 0 ? time < crashAfter(arrived) : time < begun) {
      const index = Math.min(waiting++, capacity - 1);
      (hasLeft ? isFirst ? dots.firstLeft : dots.againLeft : isFirst ? dots.first : dots.again).push(slotX(index), slotY(index));
    } else if (finished >= 0 && time < finished) {
      const at = [servers.x + servers.width / 2, servers.y + (number % WORKERS + 0.5) * servers.height / WORKERS];
      (hasLeft ? isFirst ? dots.firstLeft : dots.againLeft : isFirst ? dots.first : dots.again).push(...at);
    } else if (finished >= 0) {
      const done = (time - finished) / WAY_MS;
      if (time - finished < NOW_MS) {
        dots[result === SERVED || result === FAILED ? "useful" : "wasted"]++;
      }
      if (done < 1 && result !== TIMED_OUT) {
        (result === SERVED ? dots.success : dots.failure).push(servers.x + (place.first - servers.x) * done, place.back + (y - place.back) * done ** 4);
      }
    }
    if (hasLeft && time - ended < WAY_MS / 2) {
      dots.failure.push(place.first - 2, y);
    }
  }
  return dots;
}

function drawServers(pen, {x, y, width, height}, {changes, time, isWide: wide}, dots) {
  const isDown = isBroken(changes, "down", time);
  const isReduced = isBroken(changes, "capacity", time);
  const work = dots ? dots.useful + dots.wasted : 0;
  const each = height / WORKERS;
  for (let i = 0; i < WORKERS; i++) {
    const isAbsent = isDown || (isReduced && i === WORKERS - 1);
    const top = y + i * each;
    pen.box(x, top, width, each - 3, isAbsent ? {fill: "ground", stroke: "problem", dash: [3, 3]} : {fill: "ground", stroke: "ink"});
    if (!isAbsent && work > 0) {
      const wasted = (width - 4) * dots.wasted / work;
      pen.box(x + 2, top + 2, width - 4 - wasted, each - 7, {fill: "useful"});
      pen.box(x + width - 2 - wasted, top + 2, wasted, each - 7, {fill: "wasted"});
    }
    if (isAbsent) {
      pen.line([x, top, x + width, top + each - 3], {stroke: "problem"});
    }
  }
  const wasted = work > 0 ? Math.round(100 * dots.wasted / work) : 0;
  const states = [isDown && "down", isReduced && "a replica is gone", isBroken(changes, "slow", time) && "slow",
    isBroken(changes, "errors", time) && "errors"].filter(Boolean);
  const words = isDown ? "down" : states.length > 0 ? states.join(", ") : wasted > 0 ? `${wasted} % of work wasted` : wide ? "server" : "";
  if (words) {
    pen.text(x + width, y + height + 12, words, {anchor: "end", size: wide ? 12 : 11, fill: states.length > 0 || wasted > 20 ? "problem" : "soft"});
  }
}

function drawStrip(pen, {x, y, width, height}, {values, changes, run, none, time}) {
  const end = lengthOf(changes);
  const plot = {x: x + 34, y: y + 16, width: width - 40, height: height - 32};
  const most = Math.max(values.load * 1.25, values.capacity * 1.15);
  const atX = ms => plot.x + plot.width * ms / end;
  const atY = rate => plot.y + plot.height * (1 - Math.min(1, rate / most));
  pen.text(x, y + 10, width >= 640 ? "Calls that succeed each second, with this policy and without retries" : "Calls that succeed each second", {size: 12});
  for (const fault of faultsOf(changes)) {
    if (fault.at <= time) {
      pen.box(atX(fault.at), plot.y, Math.max(2, atX(Math.min(fault.end, time)) - atX(fault.at)), plot.height, {fill: "fault"});
    }
  }
  pen.line([plot.x, atY(values.load), plot.x + plot.width, atY(values.load)], {stroke: "soft", dash: [2, 4]});
  pen.text(plot.x - 4, atY(values.load) + 4, String(values.load), {anchor: "end", size: 11, fill: "soft"});
  pen.text(plot.x - 4, plot.y + plot.height, "0", {anchor: "end", size: 11, fill: "soft"});
  pen.line([plot.x, plot.y + plot.height, plot.x + plot.width, plot.y + plot.height], {stroke: "soft"});
  const step = end > 120_000 ? 60_000 : 10_000;
  for (let at = 0; at <= end; at += step) {
    pen.text(atX(at), y + height - 3, `${at / 1000} s`, {anchor: at === 0 ? "start" : at === end ? "end" : "middle", size: 11, fill: "soft"});
  }
  for (const [record, style] of [[none, {stroke: "c0", width: 1.5, dash: [5, 3]}], [run, {stroke: "c2", width: 2.5}]]) {
    if (record) {
      pen.line(curve(record, time, atX, atY), style);
    }
  }
  for (const {at, policy} of changes.filter(change => change.policy && change.at > 0 && change.at <= time)) {
    pen.line([atX(at), plot.y - 2, atX(at), plot.y + plot.height], {stroke: "c2", dash: [3, 2]});
    pen.text(Math.min(atX(at) + 3, plot.x + plot.width - 60), plot.y + 9, POLICIES[policy].name, {size: 11, fill: "c2"});
  }
  pen.line([atX(time), plot.y - 3, atX(time), plot.y + plot.height], {stroke: "ink"});
}

/** Rates over one second each, until now. */
function curve({binMs, goodput}, time, atX, atY) {
  const points = [];
  const wide = Math.round(1000 / binMs);
  for (let bin = wide; bin * binMs <= time; bin++) {
    let sum = 0;
    for (let i = 1; i <= wide; i++) {
      sum += goodput[bin - i] ?? 0;
    }
    points.push(atX(bin * binMs), atY(sum));
  }
  return points.length > 0 ? points : [atX(0), atY(0)];
}
