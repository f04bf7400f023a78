// What a reader takes from a step: its policy as text, Java, Spring properties, a test, the command line, and the scenario as YAML, which the
// engine writes.

import {element} from "./fields.js";

const quoted = text => JSON.stringify(text);
const shell = text => `'${text.replaceAll("'", "'\\''")}'`;

/** The policies that are the reader's own: those that the step names, or all that do not come with it. */
export function own(policies, taken) {
  return Object.entries(policies).filter(([name]) => (taken ? taken.includes(name) : name !== "none" && name !== "naive" && name !== "respite"));
}

/** Returns what can be taken. The tests need the run of the policies, which has the figures of each. */
export function exportsOf(step, values, yaml, run) {
  const policies = own(step.policies(values), step.taken?.(values));
  const source = step.scenario?.(values) ?? {};
  const parts = [];
  const exported = policies.length ? policies : [["respite", ""]];
  for (const [name, text] of exported) {
    const of = exported.length > 1 ? ` of ${name}` : "";
    parts.push([`Policy text${of}`, text === "" ? "(the default policy: no text)" : text]);
    parts.push([`Java${of}`, values.safety === "KEY" ? withKeys(text) : text === ""
      ? "RetryPolicy policy = RetryPolicy.defaults();\nRetry retry = Retry.of(policy);"
      : `RetryPolicy policy = RetryPolicy.parse(${quoted(text)});\nRetry retry = Retry.of(policy);`]);
    parts.push([`Spring properties${of}`, spring(name, text)]);
    const result = run?.runs.find(({policy}) => policy === name)?.results[0];
    if (source.builtIn && result) {
      parts.push([`Test${of}`, test(source, text, result)]);
    }
  }
  if (source.builtIn) {
    const seeds = values.seeds > 1 ? ` --seeds ${values.seeds}` : "";
    parts.push(["Command line", command(`${source.builtIn}${sets(source)}${seeds}`, policies)]);
  }
  parts.push(...step.further?.(values) ?? []);
  if (yaml) {
    parts.push(["Scenario in YAML", yaml]);
  }
  return parts.map(([title, content]) => element("details", {}, element("summary", {}, title),
    element("pre", {tabindex: "0", role: "region", "aria-label": title}, element("code", {}, content))));
}

/** A client whose requests carry a key; without one it never repeats a transfer that may have been executed. */
function withKeys(text) {
  return `RetryPolicy policy = ${text === "" ? "RetryPolicy.defaults()" : `RetryPolicy.parse(${quoted(text)})`};\n`
    + "URI transfers = URI.create(\"https://bank.example/transfers\");\n"
    + "HttpClient client = RetryingHttpClient.of(HttpClient.newHttpClient(), Retry.of(policy))\n"
    + "        .withIdempotencyKeys(IdempotencyKeys.supportedBy(transfers));";
}

function sets({settings = {}}) {
  return Object.entries(settings).map(([key, value]) => ` --set ${shell(`${key}=${value}`)}`).join("");
}

/** The command that compares policies, pairs of a name and a text, in a scenario with its settings. */
export function command(scenario, policies) {
  const given = policies.map(([name, text]) => ` \\\n    --policy ${shell(`${name}=${text}`)}`).join("");
  return `./respite simulate ${scenario}${given}`;
}

/** A test with limits that the run of seed 1 keeps. A run that does not recover has no limit for recovery. */
function test({builtIn, settings = {}}, text, {calls, succeeded, amplification, recoverySeconds}) {
  const map = Object.entries(settings).map(([key, value]) => `${quoted(key)}, ${quoted(String(value))}`).join(", ");
  const policy = text === "" ? "RetryPolicy.defaults()" : `RetryPolicy.parse(${quoted(text)})`;
  const up = number => (Math.ceil(number * 100) / 100).toFixed(2);
  const down = number => (Math.floor(number * 1000) / 1000).toFixed(3);
  const recovery = recoverySeconds === null ? "        // It does not recover within this run. Require it: .recoversWithin(Duration.ofSeconds(5))\n"
    : `        .recoversWithin(Duration.ofSeconds(${recoverySeconds}))\n`;
  return "// The limits are those of a run with seed 1. Set those that you need.\n"
    + `Scenario scenario = BuiltIn.named(${quoted(builtIn)}).scenario(Map.of(${map}));\n`
    + `SimulationAssert.assertThat(Simulation.simulate(scenario, ${policy}))\n`
    + `${recovery}        .amplifiesAtMost(${up(amplification)})\n        .succeedsAtLeast(${down(succeeded / Math.max(1, calls))});`;
}

/** A breaker with the values of the step: the names and the defaults of the scenario. */
export function breakerExports({open}) {
  return [["Java of the breaker", "CircuitBreaker breaker = CircuitBreaker.of(\"store\", CircuitBreakerConfig.custom()\n"
    + "        .failureRateThreshold(50)\n        .slidingWindowSize(20)\n        .minimumNumberOfCalls(20)\n"
    + `        .waitDurationInOpenState(Duration.ofSeconds(${open}))\n        .build());\n`
    + "BreakerPerAttempt calls = BreakerPerAttempt.of(Retry.of(RetryPolicy.defaults()), Resilience4jBreaker.of(breaker));"]];
}

/** A hedge, and the command that runs its scenario. */
export function hedgeExports({hedge}, source) {
  return [
    ["Java of the hedge", `Hedge hedge = Hedge.of(Retry.of(RetryPolicy.defaults()), Duration.ofMillis(${hedge}));`],
    ["Command line of the hedge", command(`${source.builtIn}${sets(source)}`, [])],
  ];
}

/** The keys of a policy text below respite.policies, those of an error below errors. */
export function spring(name, text) {
  const plain = [];
  const errors = new Map();
  for (const token of text.split(/\s+/).filter(Boolean)) {
    const equals = token.indexOf("=");
    const key = token.slice(0, equals);
    const value = token.slice(equals + 1);
    const rule = /^on\.(.+)\.([a-z-]+)$/.exec(key);
    if (rule) {
      errors.set(rule[1], [...(errors.get(rule[1]) ?? []), [rule[2], value]]);
    } else {
      plain.push([key, value]);
    }
  }
  const lines = ["respite:", "  policies:", `    ${name.toLowerCase()}:`, ...plain.map(([key, value]) => `      ${key}: ${yaml(value)}`)];
  if (errors.size) {
    lines.push("      errors:");
    for (const [error, keys] of errors) {
      lines.push(`        ${/^\w+$/.test(error) ? quoted(error) : quoted(`[${error}]`)}:`);
      lines.push(...keys.map(([key, value]) => `          ${key}: ${yaml(value)}`));
    }
  }
  return lines.length === 3 ? `${lines.slice(0, 2).join("\n")}\n    ${name.toLowerCase()}: {}` : lines.join("\n");
}

function yaml(value) {
  return /^((0|[1-9]\d*)(\.\d*[1-9])?|\d+(\.\d+)?(ms|s|m|h)|[a-z][a-z-]*)$/.test(value) && !/^(on|off|yes|no|true|false|null)$/.test(value) ? value : quoted(value);
}
