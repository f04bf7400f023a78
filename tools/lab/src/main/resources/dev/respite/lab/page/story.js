// The story of the first step: what happens to a service and which policy its clients have, by time. Pure: values in, values out.
// A change is {at, policy} or {at, kind, isOn}; times are milliseconds of the run. Its text is "0three.10000+down.20000-down".

/** The policies of the three buttons, as the engine reads them. */
export const POLICIES = {
  none: {name: "No retries", subject: "Without retries", text: "max-attempts=1"},
  three: {name: "Three retries", subject: "With three retries", text: "max-attempts=4 backoff=exponential base-delay=100ms jitter=none budget=off retry-after=ignore"},
  respite: {name: "Respite", subject: "With Respite", text: ""},
};

/** The faults that a reader can make: the fault of the scenario, and the names of its button and its repair. */
export const BREAKS = {
  down: {fault: {down: "store"}, label: "Crash", repair: "Restart", noun: "the crash"},
  slow: {fault: {slow: "store", by: 3}, label: "Slow down", repair: "Speed up", noun: "the slowness"},
  errors: {fault: {errors: "store", ratio: "30%"}, label: "Errors", repair: "No errors", noun: "the errors"},
  capacity: {fault: {capacity: "store", to: "67%"}, label: "Drop a replica", repair: "Add it again", noun: "the loss of a replica"},
};

export const STORY = "0three.10000+down.20000-down";
export const WORKERS = 3;

const LENGTH_MS = 60_000;
const AFTER_MS = 40_000;
const MAX_MS = 240_000;
const SEEN_MS = 12_000;
const RUN_ON_MS = 5000;
const CHANGE = /^(\d{1,6})(?:(none|three|respite)|([+-])(down|slow|errors|capacity))$/;

/** The changes of a text, by time, or undefined if it is none. */
export function read(text) {
  const changes = [];
  for (const each of text.split(".")) {
    const match = CHANGE.exec(each);
    if (!match || Number(match[1]) > MAX_MS) {
      return undefined;
    }
    const at = Number(match[1]);
    changes.push(match[2] ? {at, policy: match[2]} : {at, kind: match[4], isOn: match[3] === "+"});
  }
  const isOrdered = changes.every(({at}, i) => i === 0 || changes[i - 1].at <= at);
  return isOrdered && changes[0].at === 0 && changes[0].policy ? changes : undefined;
}

export function write(changes) {
  return changes.map(({at, policy, kind, isOn}) => `${at}${policy ?? (isOn ? "+" : "-") + kind}`).join(".");
}

/** The changes with another one. Later ones of the same kind are taken back: they belong to a story that is not told any more. */
export function add(changes, change) {
  const isSame = other => (change.policy ? other.policy !== undefined : other.kind === change.kind);
  const kept = changes.filter(other => other.at < change.at || !isSame(other) || (!change.policy && other.at === change.at));
  // Broken and repaired at the same time: nothing has happened.
  const twin = kept.find(other => change.kind && other.kind === change.kind && other.at === change.at);
  return twin ? kept.filter(other => other !== twin) : [...kept, change].sort((one, other) => one.at - other.at);
}

/** The length of the run: a change by hand has time to show its effect. */
export function lengthOf(changes) {
  const last = Math.max(...changes.map(({at}) => at));
  return Math.min(MAX_MS, Math.max(LENGTH_MS, Math.ceil((last + AFTER_MS) / 5000) * 5000));
}

/** Returns whether a change at this time still has time to show its effect. */
export const isInTime = at => at <= MAX_MS - AFTER_MS;

/** The policy at a time: {policy, at}, with the time from which it holds. */
export function policyAt(changes, time) {
  return changes.filter(({policy, at}) => policy && at <= time).at(-1);
}

/** Returns whether something is broken at a time. */
export const isBroken = (changes, kind, time) => changes.filter(change => change.kind === kind && change.at <= time).at(-1)?.isOn === true;

/** The faults with their times: {kind, at, end}; one that is not repaired ends with the run. */
export function faultsOf(changes) {
  const end = lengthOf(changes);
  const faults = [];
  for (const kind of Object.keys(BREAKS)) {
    let open;
    for (const {at, isOn} of changes.filter(change => change.kind === kind)) {
      if (isOn && open === undefined) {
        open = at;
      } else if (!isOn && open !== undefined) {
        faults.push({kind, at: open, end: at});
        open = undefined;
      }
    }
    if (open !== undefined) {
      faults.push({kind, at: open, end});
    }
  }
  return faults.filter(({at, end: until}) => until > at).sort((one, other) => one.at - other.at);
}

/** The scenario of a story with the reader's numbers, as a file in JSON. */
export function scenarioOf(values, changes) {
  const {load, capacity, timeout, clients, errors} = values;
  return JSON.stringify({
    name: "outage",
    // What is drawn ends before the calls do.
    duration: `${lengthOf(changes) + RUN_ON_MS}ms`,
    services: {
      store: {
        workers: WORKERS,
        "service-time": `exponential ${Math.round(WORKERS * 1e6 / capacity)}us`,
        queue: queueOf(values),
        ...(errors > 0 ? {failures: `${errors}% 500`} : {}),
      },
    },
    load: {to: "store", arrivals: `poisson ${load}/s`, clients, timeout: `${timeout}ms`},
    faults: faultsOf(changes).map(({kind, at, end}) => ({...BREAKS[kind].fault, at: `${at}ms`, for: `${end - at + (end === lengthOf(changes) ? RUN_ON_MS : 0)}ms`})),
  });
}

/** The requests that the queue holds. */
export const queueOf = ({capacity, queue}) => Math.max(1, Math.round(capacity * queue / 1000));

/** Of how many requests one is drawn. */
export const requestsOfADot = ({load}) => Math.max(1, Math.round(load / 28));

/** A note on a reader's numbers: {isRefused, text}. The picture is still that of the last ones. */
export function noteOn({load, capacity, timeout}, last) {
  if (load >= capacity) {
    return {isRefused: true, text: `${load} requests a second are not less than the capacity of ${capacity}: such a service is overloaded without any fault,`
      + ` and no policy helps. Enter a load below the capacity. The picture is still that of ${last.load} and ${last.capacity}.`};
  }
  const requestMs = Math.round(WORKERS * 1000 / capacity);
  return {isRefused: false, text: requestMs < timeout ? ""
    : `One request takes ${requestMs} ms, on average, and the timeout is ${timeout} ms: most calls fail at any time.`};
}

/** The request to record the run of a story; "only" in place of its policies, if it is given. */
export function requestOf(values, changes, only) {
  const policies = {};
  for (const {at, policy} of changes.filter(change => change.policy)) {
    policies[at] = POLICIES[policy].text;
  }
  return {op: "replay", scenario: scenarioOf(values, changes), policies: only ? {0: POLICIES[only].text} : policies,
    firstSeed: 1, every: requestsOfADot(values)};
}

/** The share of calls that begin in [from, to) and succeed, from 0 to 1; NaN if none begins. */
export function share({binMs, begun, succeeded}, from, to) {
  const sum = bins => bins.slice(Math.max(0, Math.floor(from / binMs)), Math.ceil(to / binMs)).reduce((total, each) => total + each, 0);
  return sum(succeeded) / sum(begun);
}

/** The share of calls that usually succeed: those before the first fault, without retries. */
const usual = (none, faults) => (faults.length > 0 && faults[0].at >= 2000 ? share(none, 0, faults[0].at) : 1);

/** The time after "from" at which calls succeed as before: nine of ten of the usual share, over three seconds. Undefined if there is none. */
export function recovery(record, from, end, share0 = 1) {
  const span = 3000;
  for (let at = Math.ceil(from / record.binMs) * record.binMs; at + span <= end; at += record.binMs) {
    if (share(record, at, at + span) >= 0.9 * share0) {
      return at;
    }
  }
  return undefined;
}

/** A share as a text; what is not all is never rounded to all. */
export const percent = ratio => (Number.isNaN(ratio) ? "–" : `${ratio === 1 ? 100 : Math.min(99.9, Math.round(1000 * ratio) / 10)} %`);
const seconds = ms => `${Math.max(1, Math.round(ms / 1000))} s`;

/** The time from which the conclusion is told: when it can be seen. */
export function toldFrom(changes) {
  const last = Math.max(...changes.map(({at}) => at));
  return Math.min(lengthOf(changes), last + SEEN_MS);
}

/** Returns a sentence on the last event before a time, which may have consequences. */
export function opening({load, capacity, clients}, changes, time) {
  const last = changes.filter(({at}) => at <= time).reduce((latest, change) => (change.at >= latest.at ? change : latest));
  if (last.policy && last.at > 0) {
    return `${POLICIES[last.policy].subject} from ${seconds(last.at)} on: watch what follows.`;
  }
  const fault = faultsOf(changes).find(({end}) => end > time) ?? faultsOf(changes).at(-1);
  const service = `${clients} ${clients === 1 ? "client calls" : "clients call"} a service that uses ${percent(load / capacity)} of its capacity.`;
  return fault ? `${service} Watch what follows ${BREAKS[fault.kind].noun} at ${seconds(fault.at)}.` : service;
}

/** Returns whether fewer calls succeed than without retries, from the last fault on, under a policy that was there before. */
function isHarm(changes, run, none) {
  const end = lengthOf(changes);
  const last = faultsOf(changes).at(-1);
  return last !== undefined && policyAt(changes, end).at <= last.at && share(run, last.at, end) < share(none, last.at, end) - 0.01;
}

/** Why it is so, and what a reader may try next. */
export function hint(changes, run, none) {
  const end = lengthOf(changes);
  const {policy} = policyAt(changes, end);
  const faults = faultsOf(changes);
  const last = faults.at(-1);
  const isBack = !last || (last.end < end && recovery(run, last.end, end, usual(none, faults)) !== undefined);
  switch (policy) {
    case "three": return isBack ? "Crash the service, and restart it." : "Press Respite: its default policy replaces the three retries at the time of the picture.";
    case "respite": return isHarm(changes, run, none) ? "Here Respite does harm: without retries more calls succeed. Compare the queues and the wasted work."
      : isBack ? "Successes pay for retries: while all calls fail there are hardly any, so the queue becomes short and answers are in time again." : "";
    default: return "";
  }
}

/** One sentence that can be quoted, from the figures of the run until a time and of the same run without retries. */
export function sentence(values, changes, run, none, until = lengthOf(changes)) {
  const {policy, at} = policyAt(changes, until);
  const faults = faultsOf(changes).filter(fault => fault.at < until);
  const last = faults.reduce((latest, fault) => (!latest || fault.end > latest.end ? fault : latest), undefined);
  const {subject} = POLICIES[policy];
  const who = at === 0 ? subject : `${subject} from ${seconds(at)} on,`;
  const of = (record, from) => `${percent(share(record, from, until))} of calls succeed`;
  const beside = from => (policy === "none" ? "" : `; without retries ${percent(share(none, from, until))}`);
  if (!last) {
    return `Nothing was broken: ${of(run, at)}${beside(at)}.`;
  }
  const open = faults.filter(fault => fault.end > until || fault.end === lengthOf(changes));
  if (open.length > 0) {
    const from = Math.max(at, ...open.map(fault => fault.at));
    return `${who.replace(/,$/, "")}, ${of(run, from)} while there ${open.length === 1 ? "is" : "are"} ${open.map(({kind}) => BREAKS[kind].noun).join(" and ")}${beside(from)}.`;
  }
  const cause = faults.length === 1 ? `a ${BREAKS[last.kind].noun.replace(/^the /, "")} of ${seconds(last.end - last.at)}`.replace("a errors", "errors") : "the last repair";
  const level = usual(none, faults);
  const back = recovery(run, Math.max(last.end, at), until, level);
  if (back === undefined) {
    const without = recovery(none, last.end, until, level);
    const comparison = policy === "none" ? "" : without === undefined ? "; so it does without retries" : `; without retries it is back within ${seconds(without - last.end)}`;
    const isStill = until < lengthOf(changes);
    return `${who} the service ${isStill ? "is still" : "stays"} down: ${seconds(until - last.end)} after ${cause}, ${of(run, Math.max(at, until - 10_000))}`
      + `${isStill ? comparison.replace("so it does", "so it is") : comparison}.`;
  }
  if (at >= last.end) {
    return recovery(run, last.end, at, level) === undefined
      ? `${who} the service is back ${seconds(back - at)} later, and was not restarted: ${of(run, back)} from then on.`
      : `${who.replace(/,$/, "")}, ${of(run, at)}: the service was up. Break it, and see what follows.`;
  }
  // Calls before the fault are not counted if the policy was there before it.
  const from = at > 0 && at < last.at ? last.at : at;
  const span = at === 0 ? "in all" : from > at ? `from ${seconds(from)} on` : "since then";
  return `${who} the service is back ${seconds(back - last.end)} after ${cause}, and ${of(run, from)} ${span}${beside(from)}.`;
}
