// The steps: what each one shows, its controls, what it asks the engine, and the charts that draw the response.
// A step is {id, title, idea, more, defaults, controls, policies(values), scenario(values), charts}; taken(values) names the policies that are
// the reader's, where the names do not decide that. The first chart is the picture beside the controls. A step that isWritten lets the reader write
// policies, and shows their warnings. One that isObserved only has its words from what was observed, without a comparison. Requests are those of dev.respite.lab.Engine.

import {breakerExports, hedgeExports} from "./exports.js";
import {STORY} from "./story.js";

/** The policy of this name on the command line: a test compares them. */
export const NAIVE = "max-attempts=4 backoff=fixed base-delay=50ms jitter=none budget=off nested=retry retry-after=ignore";
const NONE = "max-attempts=1";
const DEFAULT = "";

/** The strategies of the first step; each shows its shape, so that the total timeout and the budget do not cut it. */
const STRATEGIES = {
  immediate: "backoff=immediate",
  fixed: "backoff=fixed base-delay=1s jitter=none",
  linear: "backoff=linear base-delay=1s increment=1s max-delay={cap}s jitter=none",
  exponential: "backoff=exponential base-delay=1s max-delay={cap}s jitter=none",
  "exponential, full jitter": "backoff=exponential base-delay=1s max-delay={cap}s jitter=full",
  "exponential, additive jitter": "backoff=exponential base-delay=1s max-delay={cap}s jitter=additive",
  decorrelated: "backoff=decorrelated base-delay=1s max-delay={cap}s",
  fibonacci: "backoff=fibonacci base-delay=1s max-delay={cap}s jitter=none",
};

const HERD_JITTER = {
  "no jitter": "jitter=none",
  "full jitter": "jitter=full",
  "equal jitter": "jitter=equal",
  "additive jitter": "jitter=additive",
};

const settings = (values, ...names) => Object.fromEntries(names.map(name => [name, String(values[name])]));

const range = (name, label, min, max, step, unit = "") => ({kind: "range", name, label, min, max, step, unit});
const select = (name, label, options) => ({kind: "select", name, label, options});
const policy = (name, label) => ({kind: "policy", name, label});
const clients = () => ({kind: "clients", name: "clients", label: "Clients", min: 1, max: 2000});

export const STEPS = [
  {
    id: "outage",
    title: "An outage",
    isScene: true,
    defaults: {story: STORY, load: 280, capacity: 300, timeout: 1000, clients: 20, errors: 0, queue: 1500},
    controls: [
      {name: "load", min: 1, max: 5000},
      {name: "capacity", min: 1, max: 5000},
      {name: "timeout", min: 50, max: 30_000},
      {name: "clients", min: 1, max: 2000},
      {name: "errors", min: 0, max: 50},
      {name: "queue", min: 10, max: 60_000},
    ],
  },
  {
    id: "call",
    title: "One call",
    idea: "A call fails, waits and tries again. Each row has other luck.",
    more: "The strategy decides how long a call waits; jitter decides whether others wait as long.",
    defaults: {strategy: "exponential, full jitter", attempts: 5, cap: 32, seed: 1},
    controls: [
      select("strategy", "Strategy", Object.keys(STRATEGIES)),
      range("attempts", "Attempts", 2, 8, 1),
      range("cap", "Longest delay", 4, 60, 4, "s"),
      {kind: "button", name: "seed", label: "Draw again", change: seed => seed + 1},
    ],
    policies: values => ({
      mine: `max-attempts=${values.attempts} ${STRATEGIES[values.strategy].replace("{cap}", values.cap)}`
        + " total-timeout=off budget=off",
    }),
    scenario: () => ({
      scenario: JSON.stringify({
        name: "one-call",
        duration: "1s",
        services: {store: {workers: 100, "service-time": "constant 200ms", failures: "100% 500"}},
        load: {to: "store", arrivals: "burst 6 every 10m", clients: 6, "clients-order": "turn"},
      }),
    }),
    observe: {binMs: 1000, lanes: 6},
    firstSeed: values => values.seed,
    charts: ["ribbons"],
    conclude: "delays",
    isObserved: true,
  },
  {
    id: "herd",
    title: "A thousand clients",
    idea: "A thousand clients fail at the same moment. Jitter spreads their retries.",
    more: "Without jitter all of them come back at the same moment, again and again. Jitter spreads the same retries over"
      + " their whole delay; after some of these the server keeps up.",
    defaults: {jitter: "no jitter", clients: 1000, outage: 5, capacity: 200},
    controls: [
      select("jitter", "Jitter", Object.keys(HERD_JITTER)),
      range("clients", "Clients", 100, 2000, 100),
      range("outage", "Outage", 1, 15, 1, "s"),
    ],
    // The reader's choice beside its contrary, by names that a command line takes.
    policies: values => Object.fromEntries(["no jitter", values.jitter === "no jitter" ? "full jitter" : values.jitter].map(jitter =>
      [jitter.replaceAll(" ", "-"), `max-attempts=8 base-delay=1s max-delay=32s ${HERD_JITTER[jitter]} total-timeout=off budget=off`])),
    taken: values => [values.jitter.replaceAll(" ", "-")],
    scenario: values => ({
      builtIn: "thundering-herd",
      settings: {...settings(values, "clients", "capacity"), outage: `${values.outage}s`},
    }),
    observe: {binMs: 50, lanes: 24},
    charts: ["arrivals", "lanes"],
    capacity: values => values.capacity,
    conclude: "herd",
    isPlayed: true,
  },
  {
    id: "server",
    title: "The server",
    idea: "A store is down for a while. With careless retries it stays down.",
    more: "It works on requests whose callers no longer wait, and their retries keep the queue full. That is a metastable"
      + " failure.",
    defaults: {load: 280, clients: 20, outage: 10, timeout: 1, refusal: "none", naive: NAIVE},
    controls: [
      range("load", "Load", 100, 300, 10, "calls/s"),
      clients(),
      range("outage", "Outage", 1, 20, 1, "s"),
      range("timeout", "Attempt timeout", 0.2, 3, 0.1, "s"),
      select("refusal", "Retries that have waited for 0.1 s in its queue are", [["none", "served"], ["100ms", "refused"]]),
      policy("naive", "Policy beside none and respite"),
    ],
    isWritten: true,
    // Once it is changed it is the reader's own: the command line knows the naive one.
    policies: values => ({none: NONE, [values.naive.trim() === NAIVE ? "naive" : "mine"]: values.naive, respite: DEFAULT}),
    scenario: values => ({
      builtIn: "metastable",
      settings: {...settings(values, "load", "clients"), outage: `${values.outage}s`, timeout: `${Math.round(values.timeout * 1000)}ms`,
        "refuse-retries": values.refusal},
    }),
    observe: {binMs: 1000, lanes: 0},
    charts: ["goodput", "requests", "queue", "wasted"],
    isPlayed: true,
  },
  {
    id: "budget",
    title: "The budget",
    idea: "A budget pays for retries out of successes.",
    more: "It begins with a reserve, part of which it gives up until it has seen some calls; successes refill it. In an"
      + " outage it is empty after a moment, and what would have been a storm is a list of calls that fail at once.",
    defaults: {load: 280, clients: 20, budgetA: "off", budgetB: ""},
    controls: [
      range("load", "Load", 100, 300, 10, "calls/s"),
      clients(),
      select("budgetA", "Budget of A", ["off", "10%", "success:0.5/20/10"]),
      {kind: "text", name: "budgetB", label: "Budget of B (empty: the default)"},
    ],
    isWritten: true,
    policies: values => ({
      none: NONE,
      A: `max-attempts=4 base-delay=50ms budget=${values.budgetA}`,
      B: `max-attempts=4 base-delay=50ms${values.budgetB.trim() ? ` budget=${values.budgetB.trim()}` : ""}`,
    }),
    scenario: values => ({builtIn: "metastable", settings: settings(values, "load", "clients")}),
    observe: {binMs: 1000, lanes: 0},
    charts: ["requests", "retries", "budget"],
    isPlayed: true,
  },
  {
    id: "transfer",
    title: "A transfer",
    idea: "The bank executes a transfer of 100, and its response is lost.",
    more: "The client cannot know. A retry without a key transfers twice; a client that does not repeat leaves the outcome"
      + " unknown; the same key with each attempt makes a retry safe.",
    defaults: {safety: "NONE", lost: 1, seed: 1, policy: "max-attempts=4"},
    controls: [
      select("safety", "Protection", [["NONE", "none"], ["NO_REPEAT", "never repeat a request that may have taken effect"],
        ["KEY", "an idempotency key"]]),
      range("lost", "Lost responses", 0, 5, 1),
      policy("policy", "Policy"),
    ],
    isWritten: true,
    policies: values => ({mine: values.policy}),
    transfer: values => ({policy: values.policy, safety: values.safety, lostResponses: values.lost, seed: values.seed}),
    charts: ["transfer"],
    conclude: "transfer",
  },
  {
    id: "layers",
    title: "Layers",
    idea: "Three services call each other, and each layer retries.",
    more: "With four attempts each, one call becomes 4 × 4 × 4 = 64 requests when the last service fails, unless an inner"
      + " failure that was already retried is not retried again.",
    defaults: {nested: "retry", budget: "off", attempts: 4, ratio: 100},
    controls: [
      select("nested", "What an inner layer has given up on is", [["retry", "retried again"], ["suppress", "not retried again"]]),
      select("budget", "Budget", [["off", "off"], ["default", "default"]]),
      range("attempts", "Attempts of each layer", 1, 5, 1),
      range("ratio", "Part of requests that fail", 10, 100, 10, "%"),
    ],
    policies: values => ({
      none: NONE,
      mine: `max-attempts=${values.attempts} base-delay=50ms retry-on=any nested=${values.nested}`
        + (values.budget === "off" ? " budget=off" : ""),
    }),
    scenario: values => ({builtIn: "deep-stack", settings: {load: "20", ratio: `${values.ratio}%`}}),
    observe: {binMs: 1000, lanes: 0},
    charts: ["tree", "layers", "requests"],
    conclude: "layers",
    isObserved: true,
  },
  {
    id: "breaker",
    title: "Breakers and hedges",
    idea: "A breaker rejects calls while a store is down; a hedge repeats slow ones early.",
    more: "A circuit breaker protects the store from careless clients, and rejects good calls while it is still open"
      + " afterwards. A hedge is the opposite: a second attempt before the first has failed, for the slowest answers.",
    defaults: {breaker: "own", open: 2, slow: 2, hedge: 20},
    controls: [
      select("breaker", "Breaker", [["own", "one for each client"], ["shared", "one together"], ["none", "none"]]),
      range("open", "Open for", 1, 10, 1, "s"),
      range("slow", "Slow answers", 0.5, 5, 0.5, "%"),
      range("hedge", "Hedge after", 5, 100, 5, "ms"),
    ],
    policies: () => ({none: NONE, naive: NAIVE, respite: DEFAULT}),
    scenario: values => ({builtIn: "circuit-breaker", settings: {breaker: values.breaker, open: `${values.open}s`}}),
    second: values => ({
      scenario: {builtIn: "tail", settings: {slow: `${values.slow}%`, hedge: `${values.hedge}ms`}},
      policies: {"with hedges": DEFAULT},
      charts: ["tail"],
      without: {scenario: {builtIn: "tail", settings: {slow: `${values.slow}%`, hedge: "1900ms"}}, policies: {"without hedges": DEFAULT}},
    }),
    further: values => [
      ...(values.breaker === "none" ? [] : breakerExports(values)),
      ...hedgeExports(values, {builtIn: "tail", settings: {slow: `${values.slow}%`, hedge: `${values.hedge}ms`}}),
    ],
    observe: {binMs: 200, lanes: 0},
    charts: ["breakers", "goodput"],
  },
  {
    id: "free",
    title: "Free lab",
    idea: "Any scenario with any policies: A and B are yours.",
    more: "No retries and a naive loop stand beside them. The scorecard compares all four for your own rate, capacity and"
      + " timeout.",
    defaults: {scenario: "metastable", settings: {}, a: "max-attempts=5 budget=off", b: "", seeds: 1, cardRate: 50, cardCapacity: 80,
      cardTimeout: 2000},
    controls: [
      {kind: "scenario", name: "scenario", label: "Scenario"},
      {kind: "settings", name: "settings", label: "Settings of the scenario"},
      policy("a", "Policy A"),
      policy("b", "Policy B (empty: the default)"),
      range("seeds", "Seeds", 1, 10, 1),
    ],
    isWritten: true,
    policies: values => ({none: NONE, naive: NAIVE, A: values.a, B: values.b}),
    scenario: values => ({builtIn: values.scenario, settings: values.settings}),
    observe: {binMs: 500, lanes: 0},
    charts: ["goodput", "requests", "queue", "budget", "wasted", "tail"],
    seeds: values => values.seeds,
    isPlayed: true,
    hasScorecard: true,
  },
];

export function step(id) {
  const found = STEPS.find(known => known.id === id);
  if (!found) {
    throw new Error(`no step '${id}'`);
  }
  return found;
}
